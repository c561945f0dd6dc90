/** Under load the screen is painted this often, twelve times a second. */
const SHORTEST_MS = 83;

/** Decides when to paint: at once for the user, a little later for what comes in numbers. */
export class PaintSchedule implements Disposable {
  readonly #paint: () => void;
  #paintedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#paintedMs = performance.now();
    this.#paint();
  }

  soon(): void {
    if (this.#timer !== undefined) return;
    const restMs = this.#paintedMs + SHORTEST_MS - performance.now();
    this.#timer = setTimeout(() => this.now(), Math.max(0, restMs));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
