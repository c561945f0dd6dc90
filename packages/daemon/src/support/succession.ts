/** Works of one key, one after the other: each begins when the one before has ended, however it did. */
export class Succession {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves or rejects as the work does. */
  run(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const running = before.catch(() => undefined).then(work); // its own failure is told to who began it
    this.#last.set(key, running);
    return running.finally(() => {
      if (this.#last.get(key) === running) this.#last.delete(key);
    });
  }
}
