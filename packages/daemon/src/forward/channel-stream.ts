import type WebSocket from 'ws';
import { PodStream } from './pod-stream.ts';
import { TunnelFailure } from './tunnel-failure.ts';

/** Every message begins with its channel's number. */
const DATA = 0;
const ERROR = 1;
/** Each channel's first message holds only the port. */
const PORT_BYTES = 2;
/** As SPDY's pings. An empty message is of no channel, and counts as a sign of life all the same. */
const SIGN_OF_LIFE_MS = 60_000;
/** How long the pod's side may be silent after this side has ended, which it cannot be told. */
const SILENCE_MS = 10_000;

/**
 * A connection to a port of a pod over a WebSocket of the subprotocol v4.channel.k8s.io. It cannot end one direction: where
 * this side ends, the pod's may go on until it has been silent for a while.
 */
export class ChannelStream extends PodStream {
  readonly #web: WebSocket;
  readonly #signs: NodeJS.Timeout;
  readonly #begun = new Set<number>();
  #silence: NodeJS.Timeout | undefined;

  /** @param web open */
  constructor(web: WebSocket) {
    super();
    this.#web = web;
    web.on('message', (message) => this.#take(message as Buffer));
    web.once('close', () => this.over());
    web.once('error', (error) => this.over(new TunnelFailure(error.message, true, { cause: error })));
    this.#signs = setInterval(() => web.send(Buffer.alloc(0)), SIGN_OF_LIFE_MS);
  }

  override _read(): void {
    this.#web.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.isOver) done();
    else this.#web.send(Buffer.concat([Buffer.of(DATA), chunk]), () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.isOver) this.#silence = setTimeout(() => this.over(), SILENCE_MS);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#signs);
    clearTimeout(this.#silence);
    this.#web.terminate();
    done(error);
  }

  #take(message: Buffer): void {
    const channel = message[0] ?? DATA;
    const isFirst = !this.#begun.has(channel);
    this.#begun.add(channel);
    const payload = message.subarray(isFirst ? 1 + PORT_BYTES : 1);
    if (payload.length === 0 || this.isOver) return;
    this.#silence?.refresh();
    if (channel === ERROR) this.over(TunnelFailure.ofNode(payload.toString('utf8')));
    else if (channel === DATA && !this.push(payload)) this.#web.pause();
  }
}
