import { chmodSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { DevloopError, toReport } from '@devloop/shared/errors/devloop-error';
import { Command, type CommandResult } from '@devloop/shared/protocol/command';
import { type ExecOutcome, ExecRequest, OneOffRequest } from '@devloop/shared/protocol/exec';
import { PROTOCOL_VERSION } from '@devloop/shared/protocol/protocol-version';
import type {
  DetailMessage,
  Hello,
  LogMessage,
  StreamMessage,
  ViewMessage,
} from '@devloop/shared/protocol/stream-message';
import { carryOut } from '../actions/carry-out.ts';
import { knownService, reachableCluster } from '../actions/refusals.ts';
import type { ExecStreams } from '../exec/exec-streams.ts';
import { findContainer, servicePods } from '../exec/find-container.ts';
import { runInContainer } from '../exec/run-in-container.ts';
import { streamServiceLogs } from '../logs/service-logs.ts';
import type { Daemon } from '../loop/daemon.ts';
import { TaskSet } from '../support/task-set.ts';
import { streamDetail } from './detail-stream.ts';
import { streamEvents } from './event-stream.ts';
import { MessageLines } from './message-lines.ts';
import { RequestStreams } from './request-streams.ts';
import { streamView } from './view-stream.ts';

/** Bodies of commands are small; more than this is a mistake. */
const MOST_BODY_BYTES = 100_000;

/** Last line of a stream that the daemon's end ends. */
const GOODBYE = { type: 'goodbye', reason: 'the daemon is stopping' } as const;

/** What a daemon says of itself to clients. */
export interface DaemonIdentity {
  readonly version: string;
  /** Whether its cluster is a sandbox that it holds. */
  readonly sandbox: boolean;
}

/** The daemon's API: HTTP and NDJSON on a Unix socket, for as many clients at once as there are. */
export class ApiServer implements AsyncDisposable {
  readonly #daemon: Daemon;
  readonly #identity: DaemonIdentity;
  readonly #onStop: (reason: string) => void;
  readonly #ended = new AbortController();
  readonly #server: http.Server;
  readonly #tasks = new TaskSet(() => undefined);

  /** @param onStop told when a client asks the daemon to end */
  constructor(daemon: Daemon, identity: DaemonIdentity, onStop: (reason: string) => void) {
    this.#daemon = daemon;
    this.#identity = identity;
    this.#onStop = onStop;
    // the request of a command that runs goes on as long as that does
    const options = { requestTimeout: 0 };
    this.#server = http.createServer(options, (request, response) => this.#tasks.add(this.#answer(request, response)));
  }

  async listen(socketPath: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
    chmodSync(socketPath, 0o600);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error('the daemon is stopping'));
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await this.#tasks.ended();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://daemon');
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the client went away')));
    const signal = AbortSignal.any([gone.signal, this.#ended.signal]);
    try {
      switch (`${request.method} ${url.pathname}`) {
        case 'GET /v1/hello':
          return json(response, 200, this.#hello());
        case 'GET /v1/snapshot':
          return json(response, 200, this.#daemon.snapshot);
        case 'GET /v1/stream':
          return await this.#stream(url, response, signal);
        case 'GET /v1/view':
          return await this.#view(response, signal);
        case 'GET /v1/detail':
          return await this.#detail(url.searchParams.get('service') ?? '', response, signal);
        case 'GET /v1/logs':
          return await this.#logs(url, response, signal);
        case 'POST /v1/run':
          return await this.#run(readQuery(OneOffRequest, url), request, response, signal);
        case 'POST /v1/exec':
          return await this.#exec(readQuery(ExecRequest, url), request, response, signal);
        case 'POST /v1/command':
          return json(response, 200, await this.#command(await readCommand(request), signal));
        default:
          throw new DevloopError(
            'command/invalid',
            `The daemon has no ${request.method} ${url.pathname}.`,
            'Client and daemon differ in version: devloop stop, then try again.',
          );
      }
    } catch (error) {
      if (gone.signal.aborted) return;
      const report = toReport(error);
      if (response.headersSent) response.destroy();
      else json(response, statusOf(report.code), report);
    }
  }

  #hello(): Hello {
    return {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      ...this.#identity,
      pid: process.pid,
      folder: this.#daemon.folder,
      seq: this.#daemon.log.seq,
    };
  }

  async #stream(url: URL, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const after = url.searchParams.get('after');
    beginLines(response);
    const first: StreamMessage[] = [this.#hello(), { type: 'snapshot', snapshot: this.#daemon.snapshot }];
    for (const message of first) response.write(`${JSON.stringify(message)}\n`);
    await streamEvents(this.#daemon.log, after === null ? undefined : Number(after), response, signal);
  }

  async #view(response: ServerResponse, signal: AbortSignal): Promise<void> {
    const lines = new MessageLines<ViewMessage>(response);
    await streamView(this.#hello(), this.#daemon, lines, signal);
    lines.end(GOODBYE);
  }

  async #detail(service: string, response: ServerResponse, signal: AbortSignal): Promise<void> {
    knownService(this.#daemon, service);
    const lines = new MessageLines<DetailMessage>(response);
    await streamDetail(service, this.#daemon, lines, signal);
    lines.end(this.#ended.signal.aborted ? GOODBYE : { type: 'goodbye', reason: `there is no ${service} any more` });
  }

  async #logs(url: URL, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const daemon = this.#daemon;
    const asked = url.searchParams.getAll('service');
    for (const name of asked) knownService(daemon, name);
    const number = (name: string) => {
      const text = url.searchParams.get(name);
      return text === null ? undefined : Number(text);
    };
    const lines = new MessageLines<LogMessage>(response);
    await streamServiceLogs({
      changed: daemon.changed,
      services: () => daemon.serviceNames.filter((name) => asked.length === 0 || asked.includes(name)),
      writer: (service) => daemon.logs.writer(service),
      follow: url.searchParams.get('follow') === '1',
      withBuilds: url.searchParams.get('build') === '1',
      marks: url.searchParams.get('mark') === '1',
      tailLines: number('tail'),
      sinceMs: number('since'),
      send: (message) => lines.send(message),
      drained: (until) => lines.drained(until),
      signal,
    });
    lines.end(this.#ended.signal.aborted ? GOODBYE : undefined);
  }

  async #run(
    asked: OneOffRequest,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { spec, workloads } = knownService(this.#daemon, asked.service);
    const { session, project } = reachableCluster(this.#daemon);
    const target = { spec, workloads, session, project };
    const run = (streams: ExecStreams) => this.#daemon.oneOffs.run(asked, target, streams, signal);
    await this.#withStreams(run, request, response);
  }

  async #exec(
    asked: ExecRequest,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { spec, workloads } = knownService(this.#daemon, asked.service);
    const { session } = reachableCluster(this.#daemon);
    const place = findContainer(servicePods(spec, workloads, session.view), asked);
    const run = (streams: ExecStreams) => runInContainer(session, place, asked, streams, signal);
    await this.#withStreams(run, request, response);
  }

  /** Runs a command to its end, with what the request brings as its input. */
  async #withStreams(
    run: (streams: ExecStreams) => Promise<ExecOutcome>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.flushHeaders();
    const streams = new RequestStreams(request, response);
    let outcome: ExecOutcome;
    try {
      outcome = await run(streams);
    } catch (error) {
      const isStopping = this.#ended.signal.aborted && !(error instanceof DevloopError);
      outcome = { is: 'failed', report: toReport(isStopping ? daemonStopped() : error) };
    }
    await streams.end(outcome);
  }

  #command(command: Command, signal: AbortSignal): Promise<CommandResult> {
    const onStop = (reason: string) => this.#stopSoon(reason);
    return carryOut(command, this.#daemon, { onStop, signal, ended: this.#ended.signal });
  }

  /** After the answer has been written. */
  #stopSoon(reason: string): void {
    setImmediate(() => this.#onStop(reason));
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function beginLines(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
}

function daemonStopped(): DevloopError {
  const message = 'The daemon was stopped while the command ran.';
  return new DevloopError('run/broken-off', message, 'Start the daemon, and run it again: devloop up');
}

function readQuery<T>(schema: Schema<T>, url: URL): T {
  return understood(schema, url.searchParams.get('request') ?? '');
}

async function readCommand(request: IncomingMessage): Promise<Command> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BODY_BYTES) throw invalid('it is too large');
    chunks.push(chunk as Buffer);
  }
  return understood(Command, Buffer.concat(chunks).toString('utf8'));
}

/** As far as zod's are used here. */
interface Schema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[] };
      };
}

/** @throws DevloopError `command/invalid` */
function understood<T>(schema: Schema<T>, json: string): T {
  let asked: unknown;
  try {
    asked = JSON.parse(json);
  } catch {
    throw invalid('it is not JSON');
  }
  const parsed = schema.safeParse(asked);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

function invalid(why: string): DevloopError {
  return new DevloopError(
    'command/invalid',
    `The daemon does not understand this command: ${why}.`,
    'Client and daemon may differ in version: devloop stop, then try again.',
  );
}

function statusOf(code: string): number {
  switch (code) {
    case 'service/unknown':
      return 404;
    case 'command/invalid':
      return 400;
    case 'internal/bug':
      return 500;
    default:
      return 409;
  }
}
