import type { RunListener } from '../build/image-engine.ts';
import { Bell } from '../support/bell.ts';

/** So many ends are remembered, for those who ask late. */
const MOST_REMEMBERED = 1000;

/**
 * The containers that have ended by the engine's word. That comes at once, the kubelet's up to a second later, when the log of
 * a pod that goes may be gone.
 */
export class ContainerEnds implements RunListener {
  readonly #ended = new Set<string>();
  readonly #changed = new Bell();

  started(containerId: string): void {
    this.#ended.delete(containerId);
  }

  ended(containerId: string): void {
    this.#ended.add(containerId);
    const [oldest] = this.#ended;
    if (this.#ended.size > MOST_REMEMBERED && oldest !== undefined) this.#ended.delete(oldest);
    this.#changed.ring();
  }

  /**
   * Resolves when a container has ended.
   *
   * @param runId as a pod's status has it: `docker://ID`
   * @throws the signal's reason
   */
  async until(runId: string, signal: AbortSignal): Promise<void> {
    const containerId = runId.slice(runId.lastIndexOf('/') + 1);
    await this.#changed.until(() => (this.#ended.has(containerId) ? true : undefined), signal);
  }
}
