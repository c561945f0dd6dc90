import { type HandlerTarget, runHandler } from './handlers.ts';
import type { Container, Probe } from './pod-spec.ts';

export type ProbeType = 'startup' | 'readiness' | 'liveness';

export interface ProbesOptions {
  readonly target: HandlerTarget;
  /** Readiness, or whether it has started, is another now. */
  readonly onChange: () => void;
  readonly onUnhealthy: (type: ProbeType, output: string) => void;
  /** A startup or liveness probe has failed too often: the container has to be ended. */
  readonly onDead: (type: ProbeType, probe: Probe) => void;
}

/** The probes of one run of a container: pkg/kubelet/prober. The startup probe comes before the others. */
export class Probes implements Disposable {
  hasStarted: boolean;
  #passesReadiness: boolean;
  readonly #options: ProbesOptions;
  readonly #loops = new AbortController();

  constructor(container: Container, options: ProbesOptions) {
    this.#options = options;
    this.hasStarted = container.startupProbe === undefined;
    this.#passesReadiness = container.readinessProbe === undefined;
    if (container.startupProbe === undefined) this.#begin(container);
    else this.#loop('startup', container.startupProbe, container);
  }

  get isReady(): boolean {
    return this.hasStarted && this.#passesReadiness;
  }

  [Symbol.dispose](): void {
    this.#loops.abort();
  }

  #begin({ readinessProbe, livenessProbe }: Container): void {
    if (readinessProbe !== undefined) this.#loop('readiness', readinessProbe);
    if (livenessProbe !== undefined) this.#loop('liveness', livenessProbe);
  }

  /** @param next whose other probes begin when this one, the startup probe, has passed */
  #loop(type: ProbeType, probe: Probe, next?: Container): void {
    const { signal } = this.#loops;
    const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1 } = probe;
    const { successThreshold = 1, failureThreshold = 3 } = probe;
    let streak = { ok: false, length: 0 };
    const once = async () => {
      const begin = performance.now();
      const { ok, output } = await runHandler(probe, this.#options.target, timeoutSeconds * 1000, signal);
      if (signal.aborted) return;
      streak = { ok, length: streak.ok === ok ? streak.length + 1 : 1 };
      if (!ok) this.#options.onUnhealthy(type, output);
      const isDecided = streak.length >= (ok ? successThreshold : failureThreshold);
      if (isDecided && this.#decide(type, probe, ok, next)) return;
      plan(Math.max(0, periodSeconds * 1000 - (performance.now() - begin)));
    };
    const plan = (ms: number) => {
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', cancel);
        void once();
      }, ms);
      const cancel = () => clearTimeout(timer);
      signal.addEventListener('abort', cancel, { once: true });
    };
    plan(initialDelaySeconds * 1000);
  }

  /** Answers whether this probe is done with. */
  #decide(type: ProbeType, probe: Probe, ok: boolean, next: Container | undefined): boolean {
    if (type === 'readiness') {
      if (this.#passesReadiness !== ok) {
        this.#passesReadiness = ok;
        this.#options.onChange();
      }
      return false;
    }
    if (!ok) {
      this.#options.onDead(type, probe);
      return true;
    }
    if (type === 'liveness') return false;
    this.hasStarted = true;
    if (next !== undefined) this.#begin(next);
    this.#options.onChange();
    return true;
  }
}
