import type { Duplex } from 'node:stream';
import { TaskSet } from '../support/task-set.ts';
import { WaitingLine } from '../support/waiting-line.ts';
import { SpdyConnection } from './spdy-connection.ts';

/** Connections that are kept for those to come, and for how long. */
const MOST_FREE = 32;
const FREE_MS = 30_000;
/** Handshakes at once: each is a good part of what a short connection costs the node, and one that ends may be taken over. */
const MOST_OPENING = 4;
/** A handshake that takes longer does not count among them: it waits more than it costs, or the node is stuck with that one only. */
const SLOW_MS = 150;
/** All at once, slow ones too: a node that is stuck is not helped by more and more of them. */
const MOST_PENDING = 16;
/** After a failure, how long nothing is tried for nobody: a pod that is being made cannot be reached at first. */
const AGAIN_MS = 50;

/**
 * The connections to one pod's node, each of which carries one forwarded connection at a time. Who needs one gets the
 * first that comes: one that has become free, or a new one; who has waited longest before the others.
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
  readonly #line = new WaitingLine<SpdyConnection>();
  /** Handshakes to be begun for nobody yet; while none has ever succeeded, one at a time. */
  #ahead = 0;
  #isReached = false;
  /** Runs while there are none of these, since the last failed. */
  #pause: NodeJS.Timeout | undefined;
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

  /** Whether there is one that carries nothing. */
  get hasFree(): boolean {
    return this.#free.size > 0;
  }

  /**
   * One that is free. It may have been closed before the caller comes to use it.
   *
   * @param since when the caller began to wait, ms of `performance.now()`
   * @throws what connecting fails with; the signal's reason
   */
  async take(since: number, signal: AbortSignal): Promise<SpdyConnection> {
    signal.throwIfAborted();
    const free = [...this.#free.keys()].at(-1);
    if (free !== undefined) {
      this.#takeOut(free);
      return free;
    }
    const taken = this.#line.wait(since, signal);
    this.#openMore();
    return taken;
  }

  /** Takes back one that was taken and not used. */
  giveBack(connection: SpdyConnection): void {
    if (connection.isFree) this.#give(connection);
  }

  /** Has as many free as are about to be taken, within bounds. That it fails is nobody's failure. */
  ahead(count: number): void {
    if (this.#pause !== undefined) return;
    const missing = Math.min(count, MOST_FREE) - this.#free.size - this.#pending;
    this.#ahead = Math.max(0, missing);
    this.#openMore();
  }

  [Symbol.dispose](): void {
    this.#ended.abort(new Error('nothing is forwarded there any more'));
    clearTimeout(this.#pause);
    for (const connection of this.#connections) connection.close();
  }

  #openMore(): void {
    const isWanted = () =>
      this.#opening < this.#line.length || (this.#ahead > 0 && (this.#isReached || this.#pending === 0));
    while (this.#opening < MOST_OPENING && this.#pending < MOST_PENDING && isWanted()) {
      const isAhead = this.#opening >= this.#line.length;
      this.#ahead = Math.max(0, this.#ahead - 1);
      this.#opening += 1;
      this.#pending += 1;
      this.#tasks.add(this.#open(isAhead));
    }
  }

  /** A handshake that counts has begun; answers what ends that, to be called in any case when it is over. */
  #counted(): () => void {
    let isCounted = true;
    const end = () => {
      clearTimeout(timer);
      if (isCounted) this.#opening -= 1;
      isCounted = false;
      this.#openMore();
    };
    const timer = setTimeout(end, SLOW_MS);
    return end;
  }

  /** @param isAhead for nobody yet, so that nobody is told when it fails */
  async #open(isAhead: boolean): Promise<void> {
    const done = this.#counted();
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
      this.#isReached = true;
      this.#give(connection);
    } catch (error) {
      this.#ahead = 0;
      this.#beginPause();
      if (!isAhead) this.#line.fail(error);
    } finally {
      this.#pending -= 1;
      done();
      this.#tellIdle();
    }
  }

  /** It has to be remembered for its time, so that it counts as something to keep. */
  #beginPause(): void {
    if (this.#ended.signal.aborted) return;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#tellIdle();
    }, AGAIN_MS);
  }

  #give(connection: SpdyConnection): void {
    if (this.#line.serve(connection)) return;
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
    const isIdle = this.#pending === 0 && this.#connections.size === 0 && this.#line.length === 0;
    if (isIdle && this.#pause === undefined) this.#onIdle();
  }
}
