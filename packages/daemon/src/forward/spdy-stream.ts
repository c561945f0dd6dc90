import type { Duplex } from 'node:stream';
import { PodStream } from './pod-stream.ts';
import { dataHeader, FrameReader, openFrame, pingFrame } from './spdy-frames.ts';
import { TunnelFailure } from './tunnel-failure.ts';

const ERROR_STREAM = 1;
const DATA_STREAM = 3;
/** Kept of what the node says about an error. */
const MOST_ERROR_CHARS = 4000;
/**
 * How often an idle tunnel shows that it is still wanted. The kubelet ends one after its streamingConnectionIdleTimeout,
 * four hours unless somebody made it less; proxies between are less patient.
 */
const PING_MS = 60_000;

/**
 * A connection to a port of a pod over SPDY/3.1, whose directions end each by itself. The carrier is its alone: nothing
 * that happens to another connection happens to this one, and TCP's back-pressure is its back-pressure.
 */
export class SpdyStream extends PodStream {
  readonly #carrier: Duplex;
  readonly #pings: NodeJS.Timeout;
  #pingId = 1;
  #error = '';

  /** @param carrier on which SPDY has been agreed */
  constructor(carrier: Duplex, port: number) {
    super();
    this.#carrier = carrier;
    const reader = new FrameReader({
      data: (stream, payload) => this.#take(stream, payload),
      ended: (stream) => {
        // an error is told, and its stream ended, before the data's is
        if (this.#error !== '') this.over(TunnelFailure.ofNode(this.#error));
        else if (stream === DATA_STREAM) this.over();
      },
      reset: () => this.#brokeOff(),
      pinged: (id) => {
        if (id % 2 === 0) carrier.write(pingFrame(id)); // odd: the answer to one of ours
      },
      goingAway: () => undefined, // says nothing of streams that are open
    });
    carrier.on('data', (bytes: Buffer) => reader.read(bytes));
    carrier.on('error', () => undefined); // it is closed next
    carrier.once('end', () => this.#brokeOff());
    carrier.once('close', () => this.#brokeOff());
    this.#openStreams(port);
    this.#pings = setInterval(() => {
      carrier.write(pingFrame(this.#pingId));
      this.#pingId += 2;
    }, PING_MS);
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
    clearInterval(this.#pings);
    this.#carrier.destroy();
    done(error);
  }

  /** Both at once, and data after them without waiting: an answer to them would tell nothing about the pod. */
  #openStreams(port: number): void {
    const headers = (type: string) => ({ port: String(port), requestid: '0', streamtype: type });
    this.#carrier.cork();
    this.#carrier.write(openFrame(ERROR_STREAM, headers('error'), true));
    this.#carrier.write(dataHeader(ERROR_STREAM, 0, true)); // nothing is sent on it
    this.#carrier.write(openFrame(DATA_STREAM, headers('data'), false));
    this.#carrier.uncork();
  }

  #take(stream: number, payload: Buffer): void {
    if (stream === ERROR_STREAM) this.#error = (this.#error + payload.toString('utf8')).slice(0, MOST_ERROR_CHARS);
    else if (stream === DATA_STREAM && !this.isOver && !this.push(payload)) this.#carrier.pause();
  }

  #send(parts: readonly Buffer[], isLast: boolean, done: (error?: Error | null) => void): void {
    const carrier = this.#carrier;
    if (carrier.destroyed || this.isOver) {
      done(); // nobody is there any more, which is told by the end
      return;
    }
    carrier.cork();
    for (const [index, part] of parts.entries()) {
      carrier.write(dataHeader(DATA_STREAM, part.length, isLast));
      carrier.write(part, index === parts.length - 1 ? () => done() : undefined);
    }
    carrier.uncork();
  }

  #brokeOff(): void {
    if (this.#error !== '') this.over(TunnelFailure.ofNode(this.#error));
    else this.over(new TunnelFailure('The connection to the node broke off.', true));
  }
}
