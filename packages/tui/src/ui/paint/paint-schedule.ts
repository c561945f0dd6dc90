/** Under load the screen is painted at most this often, twelve times a second. */
const SHORTEST_MS = 83;
/** However much there is to paint, what comes is shown within this time. */
const LONGEST_MS = 250;
/** Share of the time that painting may take by itself; keys are answered at once all the same. */
const MOST_SHARE = 0.03;

/** Decides when to paint: at once for the user, a little later for what comes in numbers. */
export class PaintSchedule implements Disposable {
  readonly #paint: () => void;
  #paintedMs = Number.NEGATIVE_INFINITY;
  /** What the last paint took, with the work that it led to. */
  #tookMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #measure: NodeJS.Immediate | undefined;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const begin = performance.now();
    this.#paintedMs = begin;
    this.#paint();
    this.#measure ??= setImmediate(() => {
      this.#measure = undefined;
      this.#tookMs = performance.now() - begin;
    });
  }

  soon(): void {
    if (this.#timer !== undefined) return;
    const pauseMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.#tookMs / MOST_SHARE));
    const restMs = this.#paintedMs + pauseMs - performance.now();
    this.#timer = setTimeout(() => this.now(), Math.max(0, restMs));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#measure);
  }
}
