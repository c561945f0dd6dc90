import { PodStream } from './pod-stream.ts';
import { TunnelFailure } from './tunnel-failure.ts';

/** Kept of what the node says about an error. */
const MOST_ERROR_CHARS = 4000;

/** What a stream needs of the connection that carries it. */
export interface SpdyCarrier {
  /** Whether nothing can be sent any more. */
  readonly isClosed: boolean;
  /** Sends parts of the data, in order; `sent` is told when there is room for more. */
  send(parts: readonly Buffer[], isLast: boolean, sent: () => void): void;
  /** Goes on reading, where {@link SpdyStream.takeData} said that there was no room. */
  resume(): void;
  /** The stream is done with. @param isClean both sides have ended all, or nothing in the pod took it: another may be carried */
  release(isClean: boolean): void;
}

/** A connection to a port of a pod over SPDY/3.1, whose directions end each by itself. */
export class SpdyStream extends PodStream {
  readonly #carrier: SpdyCarrier;
  #error = '';
  #isErrorOver = false;

  constructor(carrier: SpdyCarrier) {
    super();
    this.#carrier = carrier;
  }

  /** Data that has come. Answers whether there is room for more. */
  takeData(payload: Buffer): boolean {
    return this.isOver || this.push(payload);
  }

  /** A part of what the node says about an error. */
  takeError(payload: Buffer): void {
    this.#error = (this.#error + payload.toString('utf8')).slice(0, MOST_ERROR_CHARS);
  }

  /** The node says no more about errors; it does so before it ends the data. */
  errorsEnded(): void {
    this.#isErrorOver = true;
    if (this.#error !== '') this.over(TunnelFailure.ofNode(this.#error));
  }

  /** No more data comes. */
  dataEnded(): void {
    this.over(this.#error === '' ? undefined : TunnelFailure.ofNode(this.#error));
  }

  /** The connection that carries it has ended. */
  brokeOff(): void {
    const why = 'The connection to the node broke off.';
    this.over(this.#error === '' ? new TunnelFailure(why, true) : TunnelFailure.ofNode(this.#error));
  }

  override _read(): void {
    this.#carrier.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk], false, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    const parts = chunks.map(({ chunk }) => chunk);
    this.#send(parts, false, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send([Buffer.alloc(0)], true, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const isOver = this.writableFinished && this.isOver && this.#isErrorOver;
    const isClean = isOver && (this.failure === undefined || !this.failure.wasTaken);
    this.#carrier.release(isClean);
    done(error);
  }

  #send(parts: readonly Buffer[], isLast: boolean, done: (error?: Error | null) => void): void {
    if (this.#carrier.isClosed)
      done(); // nobody is there any more, which is told by the end
    else this.#carrier.send(parts, isLast, () => done());
  }
}
