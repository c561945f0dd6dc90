import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { ErrorReport } from '../../packages/shared/src/errors/devloop-error.ts';
import { type Command, CommandResult } from '../../packages/shared/src/protocol/command.ts';
import { DaemonSnapshot } from '../../packages/shared/src/protocol/snapshot.ts';
import { answerTo, type HttpAnswer } from './http-answer.ts';
import { Row } from './row.ts';

const TIMEOUT_MS = 60_000;

interface Schema<T> {
  parse(value: unknown): T;
}

/** The socket of a daemon, as a screen uses it. */
export class DaemonSocket {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Asks the daemon to do something that it must not refuse. */
  async command<T extends Command['type']>(
    command: Extract<Command, { type: T }>,
  ): Promise<Extract<CommandResult, { type: T }>> {
    const { status, body } = await this.#post(command);
    if (status !== 200) throw new Error(`${JSON.stringify(command)}\nwas answered with ${status}: ${body}`);
    return CommandResult.parse(JSON.parse(body)) as Extract<CommandResult, { type: T }>;
  }

  /** Asks the daemon to do something that it must refuse. */
  async refusal(command: Command): Promise<ErrorReport> {
    const { status, body } = await this.#post(command);
    if (status === 200) throw new Error(`${JSON.stringify(command)}\nwas not refused: ${body}`);
    return ErrorReport.parse(JSON.parse(body));
  }

  /** All that the daemon knows now: what `devloop status --json` prints. */
  async snapshot(): Promise<DaemonSnapshot> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = http.request({ socketPath: this.#path, path: '/v1/snapshot', agent: false, signal });
    const { status, body } = await answerTo(request, undefined);
    if (status !== 200) throw new Error(`GET /v1/snapshot was answered with ${status}: ${body}`);
    return DaemonSnapshot.parse(JSON.parse(body));
  }

  /** Reads a stream of messages until it is disposed of. */
  async follow<T>(path: string, schema: Schema<T>): Promise<MessageStream<T>> {
    const request = http.get({ socketPath: this.#path, path, agent: false });
    const [response]: http.IncomingMessage[] = await once(request, 'response');
    if (response?.statusCode !== 200) throw new Error(`GET ${path} was answered with ${response?.statusCode}`);
    return new MessageStream(response, schema);
  }

  #post(command: Command): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const options = { socketPath: this.#path, path: '/v1/command', method: 'POST', agent: false, signal };
    return answerTo(http.request(options), JSON.stringify(command));
  }
}

/** Messages that a daemon sends, all kept. */
export class MessageStream<T> implements AsyncDisposable {
  readonly #row = new Row<T>();
  readonly #response: http.IncomingMessage;
  /** Resolves when the daemon has ended the stream. */
  readonly ended: Promise<unknown>;

  constructor(response: http.IncomingMessage, schema: Schema<T>) {
    this.#response = response;
    this.ended = once(response, 'close');
    response.on('error', () => undefined); // the end of the stream tells
    createInterface({ input: response }).on('line', (line) => this.#row.add(schema.parse(JSON.parse(line))));
    response.once('close', () => this.#row.end(new Error('the stream ended while a test waited for a message')));
  }

  get all(): readonly T[] {
    return this.#row.all;
  }

  /** The first message from index `from` on that is accepted; it may have come already. */
  find<S extends T>(predicate: (message: T) => message is S, from?: number): Promise<S>;
  find(predicate: (message: T) => boolean, from?: number): Promise<T>;
  find(predicate: (message: T) => boolean, from = 0): Promise<T> {
    return this.#row.find(predicate, from, TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#response.destroy();
    if (!this.#response.closed) await this.ended;
  }
}
