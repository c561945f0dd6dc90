interface Waiter {
  look(): void;
  fail(error: Error): void;
}

/** What came, in a row, kept: a test can wait for something in it whether or not it has come already. */
export class Row<T> {
  readonly all: T[] = [];
  readonly #waiters = new Set<Waiter>();

  add(item: T): void {
    this.all.push(item);
    for (const waiter of [...this.#waiters]) waiter.look();
  }

  /** Nothing more will come. */
  end(why: Error): void {
    for (const waiter of [...this.#waiters]) waiter.fail(why);
  }

  /** The first item from index `from` on that `predicate` accepts, waited for if need be. */
  find<S extends T>(predicate: (item: T) => item is S, from: number, timeoutMs: number, what?: string): Promise<S>;
  find(predicate: (item: T) => boolean, from: number, timeoutMs: number, what?: string): Promise<T>;
  find(
    predicate: (item: T) => boolean,
    from: number,
    timeoutMs: number,
    what = predicate.toString().replaceAll(/\s+/g, ' '),
  ): Promise<T> {
    const origin = new Error(); // its stack names the line of the test
    return new Promise((resolve, reject) => {
      let next = from;
      const waiter: Waiter = {
        look: () => {
          for (; next < this.all.length; next++) {
            const item = this.all[next];
            if (item !== undefined && predicate(item)) return finish(() => resolve(item));
          }
        },
        fail: (error) => finish(() => reject(error)),
      };
      const timer = setTimeout(() => {
        origin.message = `Not within ${timeoutMs} ms: ${what}`;
        waiter.fail(origin);
      }, timeoutMs);
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      this.#waiters.add(waiter);
      waiter.look();
    });
  }
}
