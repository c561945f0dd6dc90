interface Waiter<T> {
  readonly since: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for what there is little of; who has waited longest comes first, also when it waits anew. */
export class WaitingLine<T> {
  readonly #waiters: Waiter<T>[] = [];

  get length(): number {
    return this.#waiters.length;
  }

  /**
   * Resolves with what is handed to it.
   *
   * @param since when the waiting began, ms of any one clock
   * @throws the signal's reason, and what {@link fail} says
   */
  async wait(since: number, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    let leave: () => void = () => undefined;
    const served = new Promise<T>((resolve, reject) => {
      const waiter = { since, resolve, reject };
      leave = () => {
        const place = this.#waiters.indexOf(waiter);
        if (place >= 0) this.#waiters.splice(place, 1);
        reject(signal.reason);
      };
      const place = this.#waiters.findIndex((other) => other.since > since);
      this.#waiters.splice(place < 0 ? this.#waiters.length : place, 0, waiter);
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await served;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Hands something to the first. False where nobody waits. */
  serve(value: T): boolean {
    const first = this.#waiters.shift();
    first?.resolve(value);
    return first !== undefined;
  }

  /** Tells the first that it waits in vain. */
  fail(error: unknown): void {
    this.#waiters.shift()?.reject(error);
  }
}
