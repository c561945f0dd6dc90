import { DevloopError, isAborted } from '@devloop/shared/errors/devloop-error';
import { type Command, CommandResult } from '@devloop/shared/protocol/command';
import { DaemonEvent } from '@devloop/shared/protocol/event';
import type { ExecRequest, OneOffRequest } from '@devloop/shared/protocol/exec';
import { isCompatible, PROTOCOL_VERSION } from '@devloop/shared/protocol/protocol-version';
import { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { DetailMessage, Hello, LogMessage, StreamMessage, ViewMessage } from '@devloop/shared/protocol/stream-message';
import { ExecConnection } from './exec-connection.ts';
import { jsonLines } from './json-lines.ts';
import { connectionError, readJson, requestOverSocket } from './socket-request.ts';

/** A daemon that is there answers at once; one that does not within this time hangs. */
const HELLO_TIMEOUT_MS = 5000;

export interface LogQuery {
  /** Empty: all of them. */
  readonly services: readonly string[];
  readonly follow: boolean;
  readonly tail: number | undefined;
  /** Also the output of builds and hooks. */
  readonly build?: boolean;
  /** Nothing older, ms since the epoch. */
  readonly sinceMs?: number;
  /** Whether a `caught-up` is to tell the end of what was there already. */
  readonly mark?: boolean;
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

/** Typed calls to the daemon that listens at a socket. Whatever it answers is checked against the shared schemas. */
export class DaemonClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * Asks who is there.
   *
   * @throws DevloopError `daemon/version` when it speaks another major version of the protocol
   */
  async hello(signal: AbortSignal): Promise<Hello> {
    const hello = await this.helloOfAnyVersion(signal);
    if (!isCompatible(hello.protocol)) throw otherVersion(hello);
    return hello;
  }

  /** Asks who is there, to tell it to end whatever it speaks. */
  async helloOfAnyVersion(signal: AbortSignal): Promise<Hello> {
    const limit = AbortSignal.timeout(HELLO_TIMEOUT_MS);
    try {
      return understand(Hello, await this.#get('/v1/hello', AbortSignal.any([signal, limit])));
    } catch (error) {
      if (signal.aborted || !limit.aborted) throw error;
      throw new DevloopError(
        'daemon/unreachable',
        `The daemon at ${this.#socket} does not answer.`,
        `End the process that listens there, then try again: lsof -t ${this.#socket} | xargs kill`,
      );
    }
  }

  /** Resolves when it has answered, however long that takes: one that was stopped, or that hangs, keeps its connections. */
  async answered(signal: AbortSignal): Promise<void> {
    await this.#get('/v1/hello', signal);
  }

  async snapshot(signal: AbortSignal): Promise<DaemonSnapshot> {
    return understand(DaemonSnapshot, await this.#get('/v1/snapshot', signal));
  }

  /** Asks the daemon to do something and answers with its result. */
  async command<T extends Command['type']>(
    command: Extract<Command, { type: T }>,
    signal: AbortSignal,
  ): Promise<Extract<CommandResult, { type: T }>> {
    const request = { method: 'POST', path: '/v1/command', body: command, signal } as const;
    const answer = await readJson(await requestOverSocket(this.#socket, request), signal);
    const result = understand(CommandResult, answer);
    if (result.type !== command.type) throw notUnderstood(`an answer to ${result.type}`);
    return result as Extract<CommandResult, { type: T }>;
  }

  /** Begins a command in a Pod of its own. It ends with the connection. */
  runOneOff(request: OneOffRequest): ExecConnection {
    return new ExecConnection(this.#socket, '/v1/run', request);
  }

  /** Begins a command in a container of a service that runs. */
  exec(request: ExecRequest): ExecConnection {
    return new ExecConnection(this.#socket, '/v1/exec', request);
  }

  /**
   * The state now, then all that happens. Ends after a `goodbye`. Events of types that a newer daemon has added are
   * left out.
   *
   * @param after also what happened after this sequence number, as far as the daemon has it
   */
  async *stream(options: { after?: number; signal: AbortSignal }): AsyncGenerator<StreamMessage> {
    for await (const value of this.rawStream(options)) {
      const parsed = StreamMessage.safeParse(value);
      if (parsed.success) yield parsed.data;
      else if (!isUnknownKind(value)) throw notUnderstood(parsed.error.message);
    }
  }

  /** The stream's messages as the daemon wrote them, for passing on what this version may not know. */
  async *rawStream({ after, signal }: { after?: number; signal: AbortSignal }): AsyncGenerator<unknown> {
    yield* this.#untilGoodbye(`/v1/stream${after === undefined ? '' : `?after=${after}`}`, signal);
  }

  /** Everything a screen shows, kept current. Ends after a `goodbye`. */
  async *view(signal: AbortSignal): AsyncGenerator<ViewMessage> {
    yield* this.#messages('/v1/view', ViewMessage, signal);
  }

  /** All that is known about one service, kept current. Ends after a `goodbye`. */
  async *detail(service: string, signal: AbortSignal): AsyncGenerator<DetailMessage> {
    yield* this.#messages(`/v1/detail?${new URLSearchParams({ service })}`, DetailMessage, signal);
  }

  /** Log lines of services; without `follow` it ends with the last line there is. */
  async *logs(
    { services, follow, tail, build = false, sinceMs, mark = false }: LogQuery,
    signal: AbortSignal,
  ): AsyncGenerator<LogMessage> {
    const query = new URLSearchParams();
    for (const service of services) query.append('service', service);
    if (follow) query.set('follow', '1');
    if (tail !== undefined) query.set('tail', String(tail));
    if (build) query.set('build', '1');
    if (sinceMs !== undefined) query.set('since', String(sinceMs));
    if (mark) query.set('mark', '1');
    for await (const value of this.#lines(`/v1/logs?${query}`, signal)) yield understand(LogMessage, value);
  }

  /** Messages of a stream that is kept current; types that a newer daemon has added are left out. */
  async *#messages<T extends { readonly type: string }>(
    path: string,
    schema: Schema<T> & {
      readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[];
    },
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const known = new Set<unknown>(schema.options.map(({ shape }) => shape.type.value));
    for await (const value of this.#untilGoodbye(path, signal)) {
      if (known.has(typeOf(value))) yield understand(schema, value);
    }
  }

  /** The lines of a stream that ends with a goodbye. */
  async *#untilGoodbye(path: string, signal: AbortSignal): AsyncGenerator<unknown> {
    for await (const value of this.#lines(path, signal)) {
      yield value;
      if (typeOf(value) === 'goodbye') return;
    }
    signal.throwIfAborted();
    throw connectionError(Object.assign(new Error('the stream ended'), { code: 'ECONNRESET' }), signal);
  }

  async #get(path: string, signal: AbortSignal): Promise<unknown> {
    return readJson(await requestOverSocket(this.#socket, { path, signal }), signal);
  }

  async *#lines(path: string, signal: AbortSignal): AsyncGenerator<unknown> {
    const response = await requestOverSocket(this.#socket, { path, signal });
    try {
      yield* jsonLines(response);
    } catch (error) {
      throw connectionError(error, signal);
    } finally {
      response.destroy();
    }
  }
}

/** Ends quietly what was aborted, as a loop over a stream is when the command ends. */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (!isAborted(error, signal)) throw error;
  }
}

function understand<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notUnderstood(parsed.error.message);
}

const KNOWN_MESSAGES = new Set<unknown>(StreamMessage.options.map((option) => option.shape.type.value));
const KNOWN_EVENTS = new Set<unknown>(DaemonEvent.options.map((option) => option.shape.type.value));

/** A message or event of a type that came with a later minor version. */
function isUnknownKind(value: unknown): boolean {
  if (!KNOWN_MESSAGES.has(typeOf(value))) return typeof typeOf(value) === 'string';
  const event = (value as { published?: { event?: unknown } }).published?.event;
  return event !== undefined && !KNOWN_EVENTS.has(typeOf(event));
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
}

function otherVersion({ protocol, version, pid }: Hello): DevloopError {
  return new DevloopError(
    'daemon/version',
    `The daemon (devloop ${version}, process ${pid}) speaks protocol ${protocol.major}, this command speaks ${PROTOCOL_VERSION.major}.`,
    'Restart it, what runs in the cluster stays: devloop stop, then devloop up',
  );
}

function notUnderstood(why: string): DevloopError {
  return new DevloopError(
    'daemon/version',
    'The daemon sent something that this devloop does not understand.',
    'Restart it, what runs in the cluster stays: devloop stop, then devloop up',
    { evidence: why.split('\n').slice(0, 8) },
  );
}
