import { SharedWork } from '../support/shared-work.ts';
import { Slots } from '../support/slots.ts';
import type { BuildListener, BuildOutcome, BuildRequest, ImageEngine } from './image-engine.ts';

/**
 * The builds that run. One that several services ask for at once runs once; it ends early when the last of them has
 * given it up.
 */
export class ImageBuilds {
  readonly #engine: ImageEngine;
  readonly #slots: Slots;
  readonly #running = new SharedWork<BuildListener, BuildOutcome>();

  constructor(engine: ImageEngine) {
    this.#engine = engine;
    // Builds wait for the disk and the daemon about as long as they compute: two a processor keep it busy.
    this.#slots = new Slots(Math.max(2, engine.description.cpus * 2));
  }

  /** True when `reference` is being built for somebody else, so that asking for it joins that build. */
  isBuilding(reference: string): boolean {
    return this.#running.isRunning(reference);
  }

  /** True when a build that is asked for now has to wait for others. */
  get full(): boolean {
    return this.#slots.full;
  }

  /**
   * Builds `reference`, or joins the build of it that runs.
   *
   * @param rank smaller goes first where builds wait for a slot
   */
  async build(
    rank: number,
    request: Omit<BuildRequest, 'archive'> & { archive: () => BuildRequest['archive'] },
    listener: BuildListener,
    signal: AbortSignal,
  ): Promise<BuildOutcome> {
    const work = (listeners: ReadonlySet<BuildListener>, running: AbortSignal) =>
      this.#slots.run(rank, running, () =>
        this.#engine.build({ ...request, archive: request.archive() }, toAll(listeners), running),
      );
    return await this.#running.join(request.reference, listener, work, signal);
  }
}

function toAll(listeners: ReadonlySet<BuildListener>): BuildListener {
  return {
    line: (text, stream) => {
      for (const listener of listeners) listener.line(text, stream);
    },
    step: (step, steps, text) => {
      for (const listener of listeners) listener.step(step, steps, text);
    },
    contextSent: () => {
      for (const listener of listeners) listener.contextSent();
    },
  };
}
