/**
 * A level-triggered wake-up: whoever waits is woken by the next ring. Lost, doubled or merged rings are harmless,
 * because a woken waiter looks at the state again instead of trusting the ring.
 */
export class Bell {
  #waiters = new Set<() => void>();
  #rings = 0;

  /** How often it has rung, so that who was busy meanwhile can tell. */
  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Resolves at the next ring; rejects with the signal's reason when it is aborted first. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiters.delete(wake);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.add(wake);
    });
  }

  /**
   * Looks now and after every ring until `look` answers something.
   *
   * @throws the signal's reason when it is aborted first, and whatever `look` throws
   */
  async until<T>(look: () => T | undefined, signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const found = look();
      if (found !== undefined) return found;
      await this.next(signal);
    }
  }
  /** Resolves when it has rung since {@link rings} was `seen`, which may be already. */
  async rungSince(seen: number, signal: AbortSignal): Promise<void> {
    await this.until(() => (this.#rings === seen ? undefined : true), signal);
  }
}
