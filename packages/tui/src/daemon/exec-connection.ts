import http from 'node:http';
import {
  EXEC_CHANNELS,
  ExecFrames,
  ExecOutcome,
  type ExecRequest,
  execFrame,
  type TerminalSize,
} from '@devloop/shared/protocol/exec';
import { connectionError, refusalOf } from './socket-request.ts';

/** Who listens to a command. */
export interface ExecOutput {
  /** Takes output. Resolves when there is room for more. */
  readonly write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>;
}

/** A command that the daemon runs in a container. Ending the connection ends it where it has a Pod of its own. */
export class ExecConnection {
  readonly #request: http.ClientRequest;

  /** @param socket the daemon's */
  constructor(socket: string, path: '/v1/run' | '/v1/exec', asked: ExecRequest) {
    const query = new URLSearchParams({ request: JSON.stringify(asked) });
    // kept alive, since a server that closed it would cut off its own answer wherever input is on its way
    const headers = { connection: 'keep-alive' };
    const options = { socketPath: socket, method: 'POST', path: `${path}?${query}`, headers, agent: false };
    this.#request = http.request(options);
    this.#request.flushHeaders();
  }

  /** Hands on input; empty: there is no more. Resolves when there is room for more. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#request.destroyed) return;
    await new Promise<void>((resolve) => this.#request.write(execFrame('stdin', bytes), () => resolve()));
  }

  resize(size: TerminalSize): void {
    if (!this.#request.destroyed) this.#request.write(execFrame('size', Buffer.from(JSON.stringify(size))));
  }

  /**
   * Resolves when the command has ended and all that it wrote has been handed on.
   *
   * @throws DevloopError of the daemon, or `daemon/unreachable`; the signal's reason
   */
  async outcome({ write }: ExecOutput, signal: AbortSignal): Promise<ExecOutcome> {
    const abort = () => this.#request.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        this.#request.once('response', resolve);
        this.#request.on('error', reject);
      });
      if (response.statusCode !== 200) throw await refusalOf(response, signal);
      const frames = new ExecFrames();
      for await (const chunk of response) {
        for (const { channel, payload } of frames.push(chunk as Buffer)) {
          if (channel === EXEC_CHANNELS.stdout) await write('stdout', payload);
          if (channel === EXEC_CHANNELS.stderr) await write('stderr', payload);
          if (channel === EXEC_CHANNELS.outcome) return ExecOutcome.parse(JSON.parse(Buffer.from(payload).toString()));
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
