import { Slots } from '../support/slots.ts';
import type { BuildListener, BuildOutcome, BuildRequest, ImageEngine } from './image-engine.ts';

interface Running {
  readonly controller: AbortController;
  readonly listeners: Set<BuildListener>;
  readonly outcome: Promise<BuildOutcome>;
}

/**
 * The builds that run. One that several services ask for at once runs once; it ends early when the last of them has
 * given it up.
 */
export class ImageBuilds {
  readonly #engine: ImageEngine;
  readonly #slots: Slots;
  readonly #running = new Map<string, Running>();

  constructor(engine: ImageEngine) {
    this.#engine = engine;
    // Builds wait for the disk and the daemon about as long as they compute: two a processor keep it busy.
    this.#slots = new Slots(Math.max(2, engine.description.cpus * 2));
  }

  /** True when `reference` is being built for somebody else, so that asking for it joins that build. */
  isBuilding(reference: string): boolean {
    return this.#running.get(reference)?.controller.signal.aborted === false;
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
    signal.throwIfAborted();
    let running = this.#running.get(request.reference);
    if (running === undefined || running.controller.signal.aborted) {
      running = this.#start(rank, request);
      this.#running.set(request.reference, running);
    }
    const { controller, listeners, outcome } = running;
    listeners.add(listener);
    const left = Promise.withResolvers<never>();
    const leave = () => {
      listeners.delete(listener);
      if (listeners.size === 0) controller.abort(signal.reason);
      // Others may still want the build: who has given it up does not wait for it.
      else left.reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      const result = await Promise.race([outcome, left.promise]);
      signal.throwIfAborted();
      return result;
    } finally {
      signal.removeEventListener('abort', leave);
      listeners.delete(listener);
    }
  }

  #start(rank: number, request: Omit<BuildRequest, 'archive'> & { archive: () => BuildRequest['archive'] }): Running {
    const controller = new AbortController();
    const listeners = new Set<BuildListener>();
    const all: BuildListener = {
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
    const outcome = this.#slots
      .run(rank, controller.signal, () =>
        this.#engine.build({ ...request, archive: request.archive() }, all, controller.signal),
      )
      .finally(() => {
        if (this.#running.get(request.reference)?.controller === controller) this.#running.delete(request.reference);
      });
    outcome.catch(() => undefined); // who has left does not hear of it
    return { controller, listeners, outcome };
  }
}
