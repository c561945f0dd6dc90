import http from 'node:http';
import {
  ONE_OFF_CHANNELS,
  OneOffFrames,
  OneOffOutcome,
  type OneOffRequest,
  oneOffFrame,
  type TerminalSize,
} from '@devloop/shared/protocol/one-off';
import { connectionError, refusalOf } from './socket-request.ts';

/** A command that the daemon runs in a Pod of its own, while somebody listens. */
export interface OneOffOutput {
  /** Takes output. Resolves when there is room for more. */
  readonly write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>;
}

/** One such command. Ending the connection ends it. */
export class OneOffConnection {
  readonly #request: http.ClientRequest;

  /** @param socket the daemon's */
  constructor(socket: string, asked: OneOffRequest) {
    const query = new URLSearchParams({ request: JSON.stringify(asked) });
    this.#request = http.request({ socketPath: socket, method: 'POST', path: `/v1/run?${query}`, agent: false });
    this.#request.flushHeaders();
  }

  /** Hands on input; empty: there is no more. Resolves when there is room for more. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#request.destroyed) return;
    await new Promise<void>((resolve) => this.#request.write(oneOffFrame('stdin', bytes), () => resolve()));
  }

  resize(size: TerminalSize): void {
    if (!this.#request.destroyed) this.#request.write(oneOffFrame('size', Buffer.from(JSON.stringify(size))));
  }

  /**
   * Resolves when the command has ended and all that it wrote has been handed on.
   *
   * @throws DevloopError of the daemon, or `daemon/unreachable`; the signal's reason
   */
  async outcome({ write }: OneOffOutput, signal: AbortSignal): Promise<OneOffOutcome> {
    const abort = () => this.#request.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        this.#request.once('response', resolve);
        this.#request.on('error', reject);
      });
      if (response.statusCode !== 200) throw await refusalOf(response, signal);
      const frames = new OneOffFrames();
      for await (const chunk of response) {
        for (const { channel, payload } of frames.push(chunk as Buffer)) {
          if (channel === ONE_OFF_CHANNELS.stdout) await write('stdout', payload);
          if (channel === ONE_OFF_CHANNELS.stderr) await write('stderr', payload);
          if (channel === ONE_OFF_CHANNELS.outcome)
            return OneOffOutcome.parse(JSON.parse(Buffer.from(payload).toString()));
        }
      }
      throw Object.assign(new Error('the daemon ended'), { code: 'ECONNRESET' });
    } catch (error) {
      throw connectionError(error, signal);
    } finally {
      signal.removeEventListener('abort', abort);
      this.#request.destroy();
    }
  }
}
