/** A call that is due at some time; of several wishes the earliest counts. */
export class WakeUp {
  readonly #call: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** ms since the epoch. */
  #due = 0;

  constructor(call: () => void) {
    this.#call = call;
  }

  /** @param ms from now */
  in(ms: number): void {
    const due = Date.now() + ms;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#call();
    }, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
