interface Waiter {
  readonly rank: number;
  readonly enter: () => void;
  /** Told how many come before, each time that it changes. */
  readonly onPlace: ((before: number) => void) | undefined;
}

/** At most `limit` at a time; the rest wait, the smallest rank first, in order of arrival within a rank. */
export class Slots {
  readonly limit: number;
  #taken = 0;
  #queue: Waiter[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.#taken >= this.limit;
  }

  /** Runs `work` in a slot. Rejects with the signal's reason when it is aborted while waiting. */
  async run<T>(rank: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    using _ = await this.take(rank, signal);
    return await work();
  }

  /**
   * Takes a slot until it is disposed of, which may happen more than once.
   *
   * @param onPlace told how many wait before this one, while it waits
   * @throws the signal's reason when it is aborted while waiting
   */
  async take(rank: number, signal: AbortSignal, onPlace?: (before: number) => void): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.full) await this.#wait(rank, signal, onPlace);
    else this.#taken += 1;
    let given = false;
    return {
      [Symbol.dispose]: () => {
        if (given) return;
        given = true;
        this.#taken -= 1;
        this.#queue.shift()?.enter();
        this.#tellPlaces();
      },
    };
  }

  #wait(rank: number, signal: AbortSignal, onPlace: Waiter['onPlace']): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        rank,
        onPlace,
        enter: () => {
          signal.removeEventListener('abort', leave);
          this.#taken += 1;
          resolve();
        },
      };
      const leave = () => {
        this.#queue = this.#queue.filter((other) => other !== waiter);
        reject(signal.reason);
        this.#tellPlaces();
      };
      signal.addEventListener('abort', leave, { once: true });
      const before = this.#queue.findIndex((other) => other.rank > rank);
      if (before === -1) this.#queue.push(waiter);
      else this.#queue.splice(before, 0, waiter);
      this.#tellPlaces();
    });
  }

  #tellPlaces(): void {
    for (const [before, { onPlace }] of this.#queue.entries()) onPlace?.(before);
  }
}
