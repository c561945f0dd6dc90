import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { dataFrames, type Frame, FrameReader, openFrame, pingFrame, replyFrame, resetFrame } from './spdy-frames.ts';
import { HeaderReader, type Headers, HeaderWriter } from './spdy-headers.ts';

const CANCEL = 5;
/** Bytes that may wait in one stream before the others wait for it: SPDY as Kubernetes speaks it has no windows. */
const MOST_WAITING_BYTES = 4_000_000;

type SendFrames = (frames: readonly Buffer[], sent: (error?: Error | null) => void) => void;

/** One stream of a connection, each direction of which ends by itself. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  readonly #send: SendFrames;
  #onRead: (() => void) | undefined;

  constructor(id: number, headers: Headers, send: SendFrames) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.#send = send;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(dataFrames(this.id, bytes), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send(dataFrames(this.id, Buffer.alloc(0), true), done);
  }

  override _read(): void {
    this.#onRead?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#onRead?.();
    if (!this.writableFinished) this.#send([resetFrame(this.id, CANCEL)], () => undefined);
    done(error);
  }

  /** Takes what has come. Resolves when there is room for more: meanwhile no other stream is read either. */
  async receive(payload: Buffer, isLast: boolean): Promise<void> {
    if (this.destroyed || this.readableEnded) return;
    if (payload.length > 0) this.push(Buffer.from(payload));
    if (isLast) this.push(null);
    while (this.readableLength > MOST_WAITING_BYTES && !this.destroyed) {
      await new Promise<void>((resolve) => {
        this.#onRead = resolve;
      });
    }
  }
}

/** One end of a SPDY/3.1 connection over some other. */
export class SpdyConnection {
  readonly #carrier: Duplex;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #writer = new HeaderWriter();
  #nextId: number;

  /** @param role clients open streams of odd numbers */
  constructor(carrier: Duplex, role: 'client' | 'server') {
    this.#carrier = carrier;
    this.#nextId = role === 'client' ? 1 : 2;
    carrier.on('error', () => carrier.destroy());
    carrier.once('close', () => {
      for (const stream of this.#streams.values()) stream.destroy();
    });
  }

  open(headers: Headers): SpdyStream {
    const stream = this.#add(this.#nextId, headers);
    this.#nextId += 2;
    this.#carrier.write(openFrame(stream.id, this.#writer.write(headers)));
    return stream;
  }

  /** Reads until the carrier has ended. It never rejects: what is no SPDY ends the connection. */
  async run(onStream: (stream: SpdyStream) => void = () => undefined): Promise<void> {
    using headers = new HeaderReader();
    const frames = new FrameReader();
    try {
      for await (const bytes of this.#carrier) {
        for (const frame of frames.read(bytes as Buffer)) await this.#take(frame, headers, onStream);
      }
    } catch {
      // the carrier broke, or what came over it was no SPDY: either way it is over
    } finally {
      this.#carrier.destroy();
    }
  }

  /** Ends the connection when all that was written has been sent. */
  async close(): Promise<void> {
    if (this.#carrier.destroyed) return;
    const closed = once(this.#carrier, 'close');
    this.#carrier.end(() => this.#carrier.destroy());
    await closed;
  }

  async #take(frame: Frame, headers: HeaderReader, onStream: (stream: SpdyStream) => void): Promise<void> {
    switch (frame.is) {
      case 'open': {
        const stream = this.#add(frame.stream, await headers.read(frame.headers));
        this.#carrier.write(replyFrame(stream.id, this.#writer.write({})));
        if (frame.isLast) await stream.receive(Buffer.alloc(0), true);
        onStream(stream);
        return;
      }
      case 'reply':
        await headers.read(frame.headers);
        return;
      case 'data':
        await this.#streams.get(frame.stream)?.receive(frame.payload, frame.isLast);
        return;
      case 'reset':
        this.#streams.get(frame.stream)?.destroy();
        return;
      case 'ping':
        // Pings of the other side have its parity.
        if (frame.id % 2 !== this.#nextId % 2) this.#carrier.write(pingFrame(frame.id));
        return;
      case 'go-away':
      case 'other':
        return;
    }
  }

  #add(id: number, headers: Headers): SpdyStream {
    const stream = new SpdyStream(id, headers, (buffers, sent) => {
      if (this.#carrier.destroyed) {
        sent();
        return;
      }
      this.#carrier.write(Buffer.concat(buffers), () => sent());
    });
    stream.on('error', () => stream.destroy());
    stream.once('close', () => this.#streams.delete(id));
    this.#streams.set(id, stream);
    return stream;
  }
}
