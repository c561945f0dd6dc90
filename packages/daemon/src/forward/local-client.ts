import type net from 'node:net';
import type { PodStream } from './pod-stream.ts';
import { isRepeatableRequest } from './repeatable-request.ts';
import { TunnelFailure } from './tunnel-failure.ts';

/** Bytes of a client that are kept, so that they can be sent to another pod when the first has not taken them. */
const MOST_KEPT_BYTES = 256 * 1024;
/** What the node has not refused after this long counts as taken: its word usually comes within a few milliseconds. */
const TAKEN_AFTER_MS = 1000;
/** How long a client that has been told all may take to close its side. */
const LINGER_MS = 10_000;

export interface JoinOptions {
  /** Whether the pod has been taking connections: then a large upload does not wait for a sign of that. */
  readonly isProven: boolean;
  /** Whether the pod, or its container, is being replaced; its end may be known before that is. */
  readonly isGoing: () => Promise<boolean>;
  /**
   * Resolves when the pod's program is known to have ended and another takes what may be repeated: with false where that
   * never comes, and when the signal is aborted. The stream's own end can be half a second late.
   */
  readonly isReplaced: (unanswered: AbortSignal) => Promise<boolean>;
  /** Told when the pod is known to have taken the connection. */
  readonly onTaken: () => void;
}

/**
 * A connection that somebody on this machine has made to a forwarded port. What it sends is read from the first moment on
 * and kept, within bounds, until a pod has taken the connection; from then on nothing is ever sent twice. The one exception
 * is a request that may be repeated, {@link isRepeatable}, whose program was ended for a new one before it answered anything.
 */
export class LocalClient {
  readonly #socket: net.Socket;
  /** What has been read; undefined once it can no longer be wanted again. */
  #kept: Buffer[] | undefined = [];
  #keptBytes = 0;
  #hasEnded = false;
  #stream: PodStream | undefined;
  #isProven = false;
  #wasRepeated = false;
  readonly #heard = new AbortController();
  readonly #gone = new AbortController();

  /** @param socket with `allowHalfOpen` */
  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('drain', () => this.#stream?.resume());
    socket.once('end', () => {
      this.#heard.abort();
      this.#hasEnded = true;
      this.#stream?.end();
    });
    socket.on('error', () => undefined); // it is closed next
    socket.once('close', () => {
      this.#gone.abort(new Error('the client has gone'));
      this.#stream?.destroy();
    });
  }

  /** Aborted when the client has gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Aborted when the client has said something. */
  get heard(): AbortSignal {
    return this.#heard.signal;
  }

  /** Whether all that it has said may be said again to another program, once. */
  get isRepeatable(): boolean {
    return !this.#wasRepeated && this.#kept !== undefined && isRepeatableRequest(this.#kept);
  }

  /**
   * Joins it with a pod, what it has sent so far first. Resolves when that is over: with nothing where the client has been
   * served, with the failure where nothing was taken, so that it may be joined with another. A failure after that is passed
   * on to the client as a reset.
   */
  async join(
    stream: PodStream,
    { isProven, isGoing, isReplaced, onTaken }: JoinOptions,
  ): Promise<TunnelFailure | undefined> {
    const socket = this.#socket;
    if (socket.destroyed) {
      stream.destroy();
      return undefined;
    }
    const timer = setTimeout(() => {
      onTaken();
      // A late word to the contrary is heeded as long as everything is still here.
      if (this.#isFull) this.#forget();
    }, TAKEN_AFTER_MS);
    const unanswered = new AbortController();
    const over = Promise.withResolvers<void>();
    let isLeft = false;
    const leaving = isReplaced(unanswered.signal).then((is) => {
      isLeft = is && this.isRepeatable;
      if (isLeft) over.resolve();
    });
    const take = (bytes: Buffer) => {
      if (!unanswered.signal.aborted) {
        unanswered.abort();
        clearTimeout(timer);
        this.#forget();
        onTaken();
      }
      this.#writeTogether(bytes);
      if (socket.writableNeedDrain) stream.pause();
    };
    this.#stream = stream;
    this.#isProven = isProven;
    stream.on('drain', () => this.#flow());
    stream.on('data', take);
    for (const bytes of this.#kept ?? []) stream.write(bytes);
    if (this.#hasEnded) stream.end();
    stream.once('end', () => over.resolve());
    stream.once('close', () => over.resolve());
    await over.promise;
    stream.off('data', take);
    clearTimeout(timer);
    unanswered.abort();
    await leaving;
    this.#stream = undefined;
    this.#isProven = false;
    const { failure } = stream;
    const isOver = isLeft || failure === undefined || !failure.wasTaken;
    if (isOver && stream.writableLength === 0) finish(stream);
    else stream.destroy(); // what the client still says is for nobody
    if (failure !== undefined && this.#wasNotTaken(failure)) return failure;
    // What the client has said meanwhile counts too.
    if (this.isRepeatable && (isLeft || (await isGoing())) && this.isRepeatable) {
      this.#wasRepeated = true;
      return failure ?? new TunnelFailure('The program ended before it had answered.', true);
    }
    this.#kept = undefined;
    if (failure === undefined) await this.#end();
    else socket.write('', () => this.refuse()); // not before what came until then
    return undefined;
  }

  /** Ends it in a way that no client takes for the regular end of what it asked for. */
  refuse(): void {
    if (!this.#socket.destroyed) this.#socket.resetAndDestroy();
  }

  /** What comes at once is written at once: frames are of 8 KB, and a system call for each is most of what it costs. */
  #writeTogether(bytes: Buffer): void {
    const socket = this.#socket;
    if (socket.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    socket.write(bytes);
  }

  #wasNotTaken(failure: TunnelFailure): boolean {
    return this.#kept !== undefined && (!failure.wasTaken || this.#keptBytes === 0);
  }

  #take(bytes: Buffer): void {
    this.#heard.abort();
    if (this.#kept !== undefined) {
      this.#kept.push(bytes);
      this.#keptBytes += bytes.length;
    }
    if (this.#isProven && this.#isFull) this.#kept = undefined;
    this.#stream?.write(bytes);
    this.#flow();
  }

  get #isFull(): boolean {
    return this.#kept !== undefined && this.#keptBytes >= MOST_KEPT_BYTES;
  }

  #forget(): void {
    this.#kept = undefined;
    this.#flow();
  }

  /** Reads on exactly while there is room: where it goes to, and in what is kept. */
  #flow(): void {
    if (this.#isFull || this.#stream?.writableNeedDrain === true) this.#socket.pause();
    else this.#socket.resume();
  }

  /** All has been said on the pod's side: what the client sends now goes nowhere. */
  async #end(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) return;
    let timer: NodeJS.Timeout | undefined;
    socket.end(() => {
      timer = setTimeout(() => socket.destroy(), LINGER_MS);
    });
    socket.resume();
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    clearTimeout(timer);
  }
}

/** Ends a stream of which nothing is wanted any more, so that the connection to the node can carry another when it is over. */
function finish(stream: PodStream): void {
  stream.resume();
  if (stream.readableEnded) stream.end(() => stream.destroy());
  else {
    stream.once('end', () => stream.destroy());
    stream.end();
  }
}
