/** Owns promises that nobody awaits where they are started, so that none floats: closing waits for all of them. */
export class TaskSet {
  readonly #tasks = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told of every task that rejects */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(task: Promise<unknown>): void {
    const owned: Promise<void> = task.then(
      () => {
        this.#tasks.delete(owned);
      },
      (error: unknown) => {
        this.#tasks.delete(owned);
        this.#onError(error);
      },
    );
    this.#tasks.add(owned);
  }

  /** Resolves when every task has ended, those added meanwhile included. */
  async ended(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }
}
