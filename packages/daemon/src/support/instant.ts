/**
 * Milliseconds since the epoch with fractions, never going backwards, made of two clocks: the machine's time of day, which is
 * told in whole milliseconds and may be set back, and a steady one, which on Linux stands still while the machine sleeps.
 */
export class Instants {
  readonly #dayMs: () => number;
  readonly #steadyMs: () => number;
  /** What the steady clock lags behind. */
  #lagMs: number;

  /**
   * @param dayMs time of day, ms since the epoch
   * @param steadyMs ms since whenever, with fractions
   */
  constructor(dayMs: () => number, steadyMs: () => number) {
    this.#dayMs = dayMs;
    this.#steadyMs = steadyMs;
    this.#lagMs = dayMs() - steadyMs();
  }

  now(): number {
    this.#lagMs = Math.max(this.#lagMs, this.#dayMs() - this.#steadyMs());
    return this.#steadyMs() + this.#lagMs;
  }
}

const instants = new Instants(Date.now, () => performance.now());

/** Now, in milliseconds since the epoch with fractions; never goes backwards within a process. */
export function instant(): number {
  return instants.now();
}
