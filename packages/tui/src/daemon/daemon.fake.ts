import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { Command, CommandResult } from '@devloop/shared/protocol/command';
import type { DaemonEvent } from '@devloop/shared/protocol/event';
import { PROTOCOL_VERSION } from '@devloop/shared/protocol/protocol-version';
import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';

/** A real HTTP server on a real Unix socket that a test speaks through: what it publishes, the client hears. */
export class FakeDaemon implements AsyncDisposable {
  readonly socket: string;
  readonly commands: Command[] = [];
  readonly requests: string[] = [];
  snapshot: DaemonSnapshot = snapshotOf([]);
  protocol: { major: number; minor: number } = PROTOCOL_VERSION;
  pid = process.pid;
  logs: readonly LogMessage[] = [];
  /** Whether who follows the logs waits for more. */
  logsGoOn = false;
  /** What requests of these paths are answered with as an error, until it is taken out. */
  readonly refusals = new Map<string, ErrorReport>();
  /** Of the services that have any. */
  details: readonly ServiceDetail[] = [];
  /** How commands are answered; a report is answered as an error. */
  answer: (command: Command) => CommandResult | ErrorReport | Promise<CommandResult> = (command) => {
    throw new Error(`no answer to ${command.type}`);
  };
  readonly #scratch: string;
  readonly #server = http.createServer((request, response) => void this.#respond(request, response));
  readonly #streams: ServerResponse[] = [];
  readonly #views: ServerResponse[] = [];
  readonly #waiting = new Set<() => void>();
  #seq = 0;

  private constructor(scratch: string, socket: string) {
    this.#scratch = scratch;
    this.socket = socket;
  }

  /** @param socket default: one in a folder of its own */
  static async listen(socket?: string): Promise<FakeDaemon> {
    const scratch = await mkdtemp(path.join(tmpdir(), 'devloop-fake-'));
    const fake = new FakeDaemon(scratch, socket ?? path.join(scratch, 'daemon.sock'));
    fake.#server.listen(fake.socket);
    await once(fake.#server, 'listening');
    return fake;
  }

  /** Resolves when a client listens to the stream. */
  async streaming(): Promise<void> {
    await this.#until(() => this.#streams.length > 0);
  }

  /** Resolves when a request has been answered, and as often as that. */
  async requested(request: string, times = 1): Promise<void> {
    await this.#until(() => this.requests.filter((made) => made === request).length >= times);
  }

  publish(...events: DaemonEvent[]): void {
    for (const event of events) {
      this.#seq += 1;
      const at = new Date().toISOString();
      this.send({ type: 'event', published: { v: 1, seq: this.#seq, at, event } });
    }
  }

  /** Sends a line to everybody who listens, whatever it is. */
  send(message: unknown): void {
    for (const stream of this.#streams) stream.write(`${JSON.stringify(message)}\n`);
  }

  /** Sends a message to every screen, and keeps to it for those that come later. */
  show(snapshot: DaemonSnapshot): void {
    this.snapshot = snapshot;
    this.sendView({ type: 'snapshot', snapshot });
  }

  /** Sends a line to every screen, whatever it is. */
  sendView(message: unknown): void {
    for (const view of this.#views) view.write(`${JSON.stringify(message)}\n`);
  }

  /** Says goodbye to every screen, and no longer listens, as a daemon does that is told to stop. */
  leave(): void {
    this.#server.close();
    for (const view of this.#views) view.end(`${JSON.stringify({ type: 'goodbye', reason: 'asked to' })}\n`);
  }

  /** Breaks off every connection, as a daemon does that is killed. */
  crash(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#answer(request, response);
    this.requests.push(`${request.method} ${request.url}`);
    for (const look of this.#waiting) look();
  }

  async #until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://daemon');
    const refusal = this.refusals.get(url.pathname);
    if (refusal !== undefined) return json(response, refusal, 503);
    switch (url.pathname) {
      case '/v1/hello':
        return json(response, this.#hello());
      case '/v1/snapshot':
        return json(response, this.snapshot);
      case '/v1/stream':
        response.write(`${JSON.stringify(this.#hello())}\n`);
        response.write(`${JSON.stringify({ type: 'snapshot', snapshot: this.snapshot })}\n`);
        this.#streams.push(response);
        return;
      case '/v1/view':
        response.write(`${JSON.stringify(this.#hello())}\n`);
        response.write(`${JSON.stringify({ type: 'snapshot', snapshot: this.snapshot })}\n`);
        this.#views.push(response);
        return;
      case '/v1/detail': {
        const detail = this.details.find(({ service }) => service === url.searchParams.get('service'));
        response.write(detail === undefined ? '\n' : `${JSON.stringify({ type: 'detail', detail })}\n`);
        return;
      }
      case '/v1/logs':
        if (this.logsGoOn && url.searchParams.has('follow')) {
          for (const message of this.logs) response.write(`${JSON.stringify(message)}\n`);
          response.flushHeaders();
          return;
        }
        response.end(this.logs.map((message) => `${JSON.stringify(message)}\n`).join(''));
        return;
      case '/v1/command': {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const command: Command = JSON.parse(Buffer.concat(chunks).toString());
        this.commands.push(command);
        const answer = await this.answer(command);
        return json(response, answer, 'code' in answer ? 409 : 200);
      }
      default:
        response.writeHead(404).end('nothing here');
    }
  }

  #hello() {
    const folder = this.snapshot.folder;
    return { type: 'hello', protocol: this.protocol, version: '0.1.0', pid: this.pid, folder, seq: this.#seq };
  }
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** A connected project with these services. */
export function snapshotOf(services: readonly ServiceSnapshot[], more: Partial<DaemonSnapshot> = {}): DaemonSnapshot {
  return {
    project: 'shop',
    folder: '/projects/shop',
    pid: process.pid,
    startedAt: '2026-01-01T12:00:00.000Z',
    cluster: {
      is: 'connected',
      context: 'minikube',
      namespace: 'shop',
      server: 'https://192.168.49.2:8443',
      version: 'v1.34.0',
      product: 'minikube',
      engine: {
        address: 'tcp://192.168.49.2:2376',
        version: '28.1.1',
        builder: 'buildkit',
        because: 'minikube docker-env',
      },
    },
    diagnostics: [],
    warnings: [],
    forwards: [],
    services: [...services],
    ...more,
  };
}

/** A service of which revision 3 has been live since noon. */
export function liveService(name: string, more: Partial<ServiceSnapshot> = {}): ServiceSnapshot {
  return {
    name,
    seenRevision: 3,
    attemptedRevision: more.seenRevision ?? 3,
    liveRevision: 3,
    seenAt: '2026-01-01T11:59:59.000Z',
    liveAt: '2026-01-01T12:00:00.000Z',
    liveImage: `${name}:devloop-0123456789abcdef`,
    activity: { is: 'idle' },
    pods: [
      {
        name: `${name}-7d9c5b8f6-abcde`,
        namespace: 'shop',
        status: 'Running',
        ready: true,
        restarts: 1,
        newest: true,
      },
    ],
    replicas: { wanted: 0, ready: 0 },
    forwards: [],
    urls: [],
    unreachableNodePorts: [],
    paused: false,
    recentPasses: [],
    lastPass: {
      outcome: 'live',
      kind: 'swap',
      times: {
        noticedAt: 1000,
        settledAt: 1050,
        startedAt: 1060,
        hashedAt: 1065,
        contextAt: 1080,
        builtAt: 1260,
        appliedAt: 1290,
        containerStartedAt: 1500,
        readyAt: 1560,
        endedAt: 1570,
      },
    },
    ...more,
  };
}
