/** Quiet time after the last event of a burst before what is on the disk counts as settled. */
export const QUIET_MS = 55;
/** A burst that never falls quiet counts as settled after this long, so that a chatty writer cannot stall the loop. */
export const CEILING_MS = 2000;

export interface BurstListener {
  /** The first event of a burst: a good moment to begin, at the risk of having to begin again. */
  began(): void;
  /** The burst is over. `events` is how many there were. */
  settled(events: number): void;
}

/**
 * Joins file events that belong together.
 *
 *     quiet ──event──► bursting ──QUIET_MS without one, or CEILING_MS in all──► quiet
 */
export class Burst {
  readonly #listener: BurstListener;
  #events = 0;
  #beganAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(listener: BurstListener) {
    this.#listener = listener;
  }

  get bursting(): boolean {
    return this.#timer !== undefined;
  }

  event(nowMs: number): void {
    this.#events += 1;
    const begins = this.#timer === undefined;
    if (begins) this.#beganAtMs = nowMs;
    else clearTimeout(this.#timer);
    const left = this.#beganAtMs + CEILING_MS - nowMs;
    this.#timer = setTimeout(() => this.#settle(), Math.max(0, Math.min(QUIET_MS, left)));
    if (begins) this.#listener.began();
  }

  /** Forgets the burst without settling it. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#events = 0;
  }

  #settle(): void {
    const events = this.#events;
    this.#events = 0;
    this.#timer = undefined;
    this.#listener.settled(events);
  }
}
