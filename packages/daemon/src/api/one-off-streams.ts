import type { IncomingMessage, ServerResponse } from 'node:http';
import { ONE_OFF_CHANNELS, OneOffFrames, oneOffFrame, TerminalSize } from '@devloop/shared/protocol/one-off';
import type { OneOffInput, OneOffStreams } from '../one-off/one-offs.ts';

/** A command's input and output in the frames of a request's and an answer's body. */
export class RequestStreams implements OneOffStreams {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #fed: Promise<void> = Promise.resolve();

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  /** Resolves when no more input comes. */
  get fed(): Promise<void> {
    return this.#fed;
  }

  attach(input: OneOffInput): void {
    this.#response.on('drain', () => input.resume());
    // the request breaks off with the connection, which its answer is told too
    this.#fed = this.#feed(input).catch(() => undefined);
  }

  write(stream: 'stdout' | 'stderr', bytes: Buffer): boolean {
    return this.#response.write(oneOffFrame(stream, bytes));
  }

  async #feed(input: OneOffInput): Promise<void> {
    const frames = new OneOffFrames();
    for await (const chunk of this.#request) {
      for (const { channel, payload } of frames.push(chunk as Buffer)) {
        if (channel === ONE_OFF_CHANNELS.stdin) await input.send(payload);
        if (channel === ONE_OFF_CHANNELS.size) await input.resize(TerminalSize.parse(JSON.parse(textOf(payload))));
      }
    }
  }
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString('utf8');
}
