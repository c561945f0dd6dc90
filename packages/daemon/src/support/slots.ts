/** At most `limit` at a time; the rest wait, the smallest rank first, in order of arrival within a rank. */
export class Slots {
  readonly limit: number;
  #taken = 0;
  #queue: { rank: number; enter: () => void }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.#taken >= this.limit;
  }

  /** Runs `work` in a slot. Rejects with the signal's reason when it is aborted while waiting. */
  async run<T>(rank: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(rank, signal);
    try {
      return await work();
    } finally {
      this.#taken -= 1;
      this.#queue.shift()?.enter();
    }
  }

  async #enter(rank: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.full) {
      this.#taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter = {
        rank,
        enter: () => {
          signal.removeEventListener('abort', leave);
          this.#taken += 1;
          resolve();
        },
      };
      const leave = () => {
        this.#queue = this.#queue.filter((other) => other !== waiter);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      const before = this.#queue.findIndex((other) => other.rank > rank);
      if (before === -1) this.#queue.push(waiter);
      else this.#queue.splice(before, 0, waiter);
    });
  }
}
