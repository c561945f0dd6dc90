import type { Duplex } from 'node:stream';
import { dataHeader, FrameReader, openFrame, pingFrame } from './spdy-frames.ts';
import { type SpdyCarrier, SpdyStream } from './spdy-stream.ts';

/**
 * How often an idle connection shows that it is still wanted. The kubelet ends one after its
 * streamingConnectionIdleTimeout, four hours unless somebody made it less; proxies between are less patient.
 */
const PING_MS = 60_000;
/**
 * Pings that all have to be answered before another forwarded connection is carried, and how long that may take. The
 * kubelet hands frames to five workers in turn. One that holds data which no program took any more is stuck for good, and
 * with it every later stream that falls to it: this is how kubectl's forwards come to hang.
 */
const PROVING_PINGS = 5;
const PROVING_MS = 2000;
/** Identifiers of a client's streams are odd, and run out. */
const LAST_ID = 0x7fff_fff0;

export interface SpdyConnectionOwner {
  /** Told when it may carry another forwarded connection. */
  onFree(connection: SpdyConnection): void;
  /** Told once, when it carries nothing any more and never will. */
  onClosed(connection: SpdyConnection): void;
}

/**
 * A connection to a pod's node on which SPDY/3.1 is spoken. It carries one forwarded connection at a time, so that TCP's
 * back-pressure is that one's alone and nothing that happens to one happens to another; after a clean end it may carry the
 * next, which spares two TLS handshakes.
 */
export class SpdyConnection {
  readonly #socket: Duplex;
  readonly #pings: NodeJS.Timeout;
  readonly #owner: SpdyConnectionOwner;
  #isClosed = false;
  #current: { readonly errorId: number; readonly dataId: number; readonly stream: SpdyStream } | undefined;
  #nextId = 1;
  #pingId = 1;
  /** Pings that are still to be answered, and what ends waiting for them. */
  readonly #unanswered = new Set<number>();
  #proving: NodeJS.Timeout | undefined;

  /** @param socket on which SPDY has been agreed */
  constructor(socket: Duplex, owner: SpdyConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    const reader = new FrameReader({
      data: (id, payload) => {
        if (id === this.#current?.errorId) this.#current.stream.takeError(payload);
        else if (id === this.#current?.dataId && !this.#current.stream.takeData(payload)) socket.pause();
      },
      ended: (id) => {
        if (id === this.#current?.errorId) this.#current.stream.errorsEnded();
        else if (id === this.#current?.dataId) this.#current.stream.dataEnded();
      },
      reset: (id) => {
        if (id === this.#current?.errorId || id === this.#current?.dataId) this.#current.stream.brokeOff();
      },
      pinged: (id) => {
        if (id % 2 === 0) socket.write(pingFrame(id));
        else this.#answered(id);
      },
      goingAway: () => {
        this.#nextId = LAST_ID; // what is open goes on
      },
    });
    socket.on('data', (bytes: Buffer) => reader.read(bytes));
    socket.on('error', () => undefined); // it is closed next
    socket.once('end', () => this.close());
    socket.once('close', () => this.close());
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  /** Whether it can carry a forwarded connection now. */
  get isFree(): boolean {
    return this.#isUsable && this.#current === undefined && this.#proving === undefined;
  }

  /**
   * Begins a connection to a port of the pod. Nothing is waited for: an answer to the streams would tell nothing about the
   * pod.
   */
  open(port: number): SpdyStream {
    const errorId = this.#nextId;
    const dataId = errorId + 2;
    this.#nextId = dataId + 2;
    const headers = (type: string) => ({ port: String(port), requestid: String(errorId), streamtype: type });
    const socket = this.#socket;
    socket.cork();
    socket.write(openFrame(errorId, headers('error'), errorId === 1));
    socket.write(dataHeader(errorId, 0, true)); // nothing is sent on it
    socket.write(openFrame(dataId, headers('data'), false));
    socket.uncork();
    const stream: SpdyStream = new SpdyStream(this.#carrierOf(dataId));
    this.#current = { errorId, dataId, stream };
    return stream;
  }

  /** Ends it, with what it carries. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#pings);
    clearTimeout(this.#proving);
    this.#socket.destroy();
    this.#current?.stream.brokeOff();
    this.#owner.onClosed(this);
  }

  get #isUsable(): boolean {
    return !this.#isClosed && this.#nextId < LAST_ID;
  }

  #ping(): number {
    const id = this.#pingId;
    this.#pingId += 2;
    this.#socket.write(pingFrame(id));
    return id;
  }

  #prove(): void {
    this.#proving = setTimeout(() => this.close(), PROVING_MS);
    for (let count = 0; count < PROVING_PINGS; count += 1) this.#unanswered.add(this.#ping());
  }

  #answered(id: number): void {
    this.#unanswered.delete(id);
    if (this.#proving === undefined || this.#unanswered.size > 0) return;
    clearTimeout(this.#proving);
    this.#proving = undefined;
    if (this.#isUsable) this.#owner.onFree(this);
  }

  #carrierOf(dataId: number): SpdyCarrier {
    const socket = this.#socket;
    return {
      get isClosed() {
        return socket.destroyed;
      },
      send: (parts, isLast, sent) => {
        socket.cork();
        for (const [index, part] of parts.entries()) {
          const header = dataHeader(dataId, part.length, isLast);
          const isEnd = index === parts.length - 1;
          if (part.length === 0) socket.write(header, isEnd ? sent : undefined);
          else {
            socket.write(header);
            socket.write(part, isEnd ? sent : undefined);
          }
        }
        socket.uncork();
      },
      resume: () => socket.resume(),
      release: (isClean) => {
        this.#current = undefined;
        socket.resume(); // so that its end is noticed
        if (isClean && this.#isUsable) this.#prove();
        else this.close();
      },
    };
  }
}
