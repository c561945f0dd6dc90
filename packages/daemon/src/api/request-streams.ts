import type { IncomingMessage, ServerResponse } from 'node:http';
import { EXEC_CHANNELS, ExecFrames, type ExecOutcome, execFrame, TerminalSize } from '@devloop/shared/protocol/exec';
import type { ExecInput, ExecStreams } from '../exec/exec-streams.ts';

/** A command's input and output in the frames of a request's and an answer's body. */
export class RequestStreams implements ExecStreams {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #onData: ((chunk: Buffer) => void) | undefined;
  #taken: Promise<void> = Promise.resolve();

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  attach(input: ExecInput): void {
    this.#response.on('drain', () => input.resume());
    const frames = new ExecFrames();
    this.#onData = (chunk) => {
      this.#request.pause();
      this.#taken = hand(frames, chunk, input).then(
        () => void this.#request.resume(),
        () => this.#drop(), // what are no frames is not waited for
      );
    };
    this.#request.on('data', this.#onData);
  }

  write(stream: 'stdout' | 'stderr', bytes: Buffer): boolean {
    return this.#response.write(execFrame(stream, bytes));
  }

  /**
   * The last of the answer. Input that still comes is read and dropped until the client closes the connection: closed from
   * here with input on its way, it would lose what the client has not read of the answer.
   */
  async end(outcome: ExecOutcome): Promise<void> {
    this.#response.end(execFrame('outcome', Buffer.from(JSON.stringify(outcome))));
    this.#drop();
    await this.#taken;
  }

  #drop(): void {
    if (this.#onData !== undefined) this.#request.off('data', this.#onData);
    this.#request.resume();
  }
}

async function hand(frames: ExecFrames, chunk: Buffer, input: ExecInput): Promise<void> {
  for (const { channel, payload } of frames.push(chunk)) {
    if (channel === EXEC_CHANNELS.stdin) await input.send(payload);
    if (channel === EXEC_CHANNELS.size) await input.resize(TerminalSize.parse(JSON.parse(textOf(payload))));
  }
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString('utf8');
}
