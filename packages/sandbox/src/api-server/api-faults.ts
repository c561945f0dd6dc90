import { setTimeout as delay } from 'node:timers/promises';

/** Requests that shall fail, and how. */
export interface RequestFault {
  /** Undefined: any. */
  readonly method?: string;
  /** Of the path; undefined: any. */
  readonly path?: RegExp;
  /** How many of them. */
  readonly times: number;
  /** HTTP status, and the reason and message of the Status. */
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

/** What can be made to go wrong with the API server while it runs, to see how its clients take it. */
export class ApiFaults {
  /** Each request is answered this much later, in milliseconds. */
  slowness = 0;
  readonly #failing: { fault: RequestFault; left: number }[] = [];
  readonly #onDropWatches: () => void;
  readonly #onExpireHistory: () => void;

  constructor(actions: { readonly dropWatches: () => void; readonly expireHistory: () => void }) {
    this.#onDropWatches = actions.dropWatches;
    this.#onExpireHistory = actions.expireHistory;
  }

  /** Lets the next matching requests fail. Disposing ends it before that. */
  fail(fault: RequestFault): Disposable {
    const failing = { fault, left: fault.times };
    this.#failing.push(failing);
    return {
      [Symbol.dispose]: () => {
        const place = this.#failing.indexOf(failing);
        if (place >= 0) this.#failing.splice(place, 1);
      },
    };
  }

  /** Breaks the connections of all open watches. */
  dropWatches(): void {
    this.#onDropWatches();
  }

  /** Forgets the history of changes: watches and continued lists from before get 410. */
  expireHistory(): void {
    this.#onExpireHistory();
  }

  /** The fault that this request meets; it counts as one of its times. */
  take(method: string, path: string): RequestFault | undefined {
    const failing = this.#failing.find(
      ({ fault, left }) =>
        left > 0 && (fault.method ?? method) === method && (fault.path === undefined || fault.path.test(path)),
    );
    if (failing === undefined) return undefined;
    failing.left -= 1;
    return failing.fault;
  }

  /** Waits as long as a request is made to. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.slowness > 0) await delay(this.slowness, undefined, { signal });
  }
}
