import { StatusError } from '../ports/status-error.ts';

/** After the API server's refusal of what the work wanted, how long until it is tried again. */
const RETRY_MS = 1000;

/**
 * Keys whose objects are to be looked at again, each at most once at a time: client-go's workqueue, without threads.
 * Work is done in a turn of the event loop of its own, so that whoever made the change is answered first. Work that is refused is tried again.
 */
export class WorkQueue implements Disposable {
  readonly #work: (key: string) => void;
  readonly #keys = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #turn: NodeJS.Immediate | undefined;

  constructor(work: (key: string) => void) {
    this.#work = work;
  }

  add(key: string): void {
    this.#keys.add(key);
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      const keys = [...this.#keys];
      this.#keys.clear();
      for (const each of keys) this.#try(each);
    });
  }

  /** Adds a key later, in ms; the last such wish for a key counts. */
  addAfter(key: string, ms: number): void {
    clearTimeout(this.#timers.get(key));
    // Node takes no longer delays; what is due later is looked at earlier, which does no harm.
    const delay = Math.min(Math.max(ms, 0), 2 ** 31 - 1);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, delay);
    this.#timers.set(key, timer);
  }

  #try(key: string): void {
    try {
      this.#work(key);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.addAfter(key, RETRY_MS);
    }
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#turn);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#keys.clear();
    this.#timers.clear();
  }
}
