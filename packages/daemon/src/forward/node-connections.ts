import type { Duplex } from 'node:stream';
import { TaskSet } from '../support/task-set.ts';
import { SpdyConnection } from './spdy-connection.ts';

/** Connections that are kept for those to come, and for how long. */
const MOST_FREE = 16;
const FREE_MS = 30_000;
/** Handshakes at once: each is a good part of what a short connection costs the node, and one that ends may be taken over. */
const MOST_OPENING = 4;
/** A handshake that takes longer does not count among them: the node may be stuck with that one only. */
const SLOW_MS = 500;

interface Waiter {
  readonly resolve: (connection: SpdyConnection) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The connections to one pod's node, each of which carries one forwarded connection at a time. Who needs one gets the
 * first that comes: one that has become free, or a new one.
 */
export class NodeConnections implements Disposable {
  readonly #connect: (signal: AbortSignal) => Promise<Duplex>;
  readonly #onIdle: () => void;
  readonly #ended = new AbortController();
  /** Those that carry something, and those that are free. */
  readonly #connections = new Set<SpdyConnection>();
  /** The one that became free last comes last, and is taken first. */
  readonly #free = new Map<SpdyConnection, NodeJS.Timeout>();
  readonly #tasks: TaskSet;
  #waiters: Waiter[] = [];
  /** Handshakes, and those of them that count. */
  #pending = 0;
  #opening = 0;

  /**
   * @param connect to the node, SPDY agreed
   * @param onIdle told when there is nothing to keep here
   */
  constructor(connect: (signal: AbortSignal) => Promise<Duplex>, onIdle: () => void) {
    this.#connect = connect;
    this.#onIdle = onIdle;
    this.#tasks = new TaskSet(() => undefined); // who waits is told
  }

  /**
   * One that is free. It may have been closed before the caller comes to use it.
   *
   * @throws what connecting fails with; the signal's reason
   */
  async take(signal: AbortSignal): Promise<SpdyConnection> {
    signal.throwIfAborted();
    const free = [...this.#free.keys()].at(-1);
    if (free !== undefined) {
      this.#takeOut(free);
      return free;
    }
    let leave: () => void = () => undefined;
    const taken = new Promise<SpdyConnection>((resolve, reject) => {
      const waiter = { resolve, reject };
      leave = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal.reason);
      };
      this.#waiters.push(waiter);
    });
    signal.addEventListener('abort', leave, { once: true });
    this.#openMore();
    try {
      return await taken;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  [Symbol.dispose](): void {
    this.#ended.abort(new Error('nothing is forwarded there any more'));
    for (const connection of this.#connections) connection.close();
  }

  #openMore(): void {
    while (this.#opening < MOST_OPENING && this.#opening < this.#waiters.length) {
      this.#opening += 1;
      this.#tasks.add(this.#open());
    }
  }

  /** A handshake that counts has begun; answers what ends that. */
  #counted(): () => void {
    let isCounted = true;
    const end = () => {
      clearTimeout(timer);
      if (!isCounted) return;
      isCounted = false;
      this.#opening -= 1;
      this.#openMore();
    };
    const timer = setTimeout(end, SLOW_MS);
    return end;
  }

  async #open(): Promise<void> {
    const done = this.#counted();
    this.#pending += 1;
    try {
      const socket = await this.#connect(this.#ended.signal);
      const connection = new SpdyConnection(socket, {
        onFree: (freed) => this.#give(freed),
        onClosed: (closed) => {
          this.#takeOut(closed);
          this.#connections.delete(closed);
          this.#tellIdle();
        },
      });
      this.#connections.add(connection);
      this.#give(connection);
    } catch (error) {
      this.#waiters.shift()?.reject(error);
    } finally {
      this.#pending -= 1;
      done();
      this.#tellIdle();
    }
  }

  #give(connection: SpdyConnection): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve(connection);
      return;
    }
    if (this.#ended.signal.aborted || this.#free.size >= MOST_FREE) {
      connection.close();
      return;
    }
    const timer = setTimeout(() => connection.close(), FREE_MS);
    this.#free.set(connection, timer);
  }

  #takeOut(connection: SpdyConnection): void {
    clearTimeout(this.#free.get(connection));
    this.#free.delete(connection);
  }

  #tellIdle(): void {
    if (this.#pending === 0 && this.#connections.size === 0 && this.#waiters.length === 0) this.#onIdle();
  }
}
