import type { Duplex } from 'node:stream';
import type { TerminalSize } from '@devloop/shared/protocol/exec';
import { dataHeader, FrameReader, openFrame, pingFrame } from '../forward/spdy-frames.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import type { ExecInput } from './exec-streams.ts';

const SPDY = { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v4.channel.k8s.io' };
/** Identifiers of a client's streams are odd. */
const STREAMS = { error: 1, stdin: 3, stdout: 5, stderr: 7, resize: 9 } as const;
/** Kept of what the node says about the end. */
const MOST_STATUS_CHARS = 64_000;

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly hasTerminal: boolean;
}

export interface ExecOutput {
  /** Takes output. Answers whether there is room for more; if not, {@link CommandExec.resume} is called later. */
  write(stream: 'stdout' | 'stderr', bytes: Buffer): boolean;
}

/** A command in a container, over SPDY/3.1, in which an input can be ended by itself. */
export class CommandExec implements ExecInput {
  readonly #socket: Duplex;
  readonly #over = Promise.withResolvers<string>();

  private constructor(socket: Duplex, { hasTerminal }: ExecTarget, output: ExecOutput) {
    this.#socket = socket;
    let status = '';
    const reader = new FrameReader({
      data: (id, payload) => {
        if (id === STREAMS.error) status = (status + payload.toString('utf8')).slice(0, MOST_STATUS_CHARS);
        else if (id === STREAMS.stdout && !output.write('stdout', payload)) socket.pause();
        else if (id === STREAMS.stderr && !output.write('stderr', payload)) socket.pause();
      },
      ended: () => undefined, // the connection ends when all is told
      reset: () => undefined,
      pinged: (id) => {
        if (id % 2 === 0) socket.write(pingFrame(id));
      },
      goingAway: () => undefined,
    });
    socket.on('data', (bytes: Buffer) => reader.read(bytes));
    socket.on('error', () => undefined); // it is closed next
    socket.once('end', () => socket.destroy());
    socket.once('close', () => this.#over.resolve(status));
    const types = hasTerminal
      ? (['error', 'stdin', 'stdout', 'resize'] as const)
      : (['error', 'stdin', 'stdout', 'stderr'] as const);
    for (const type of types) socket.write(openFrame(STREAMS[type], { streamtype: type }, type === 'error'));
  }

  /** @throws ApiRefusal; DevloopError `cluster/unreachable`; the signal's reason */
  static async open(api: ApiClient, target: ExecTarget, output: ExecOutput, signal: AbortSignal): Promise<CommandExec> {
    const { namespace, pod, container, command, hasTerminal } = target;
    const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true' });
    query.set(hasTerminal ? 'tty' : 'stderr', 'true');
    for (const word of command) query.append('command', word);
    const socket = await api.upgrade(`/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`, SPDY, signal);
    return new CommandExec(socket, target, output);
  }

  /** The Status with which the node ended it, as JSON; empty where the connection broke off before. */
  get status(): Promise<string> {
    return this.#over.promise;
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.#send(STREAMS.stdin, bytes, bytes.length === 0);
  }

  async resize({ columns, rows }: TerminalSize): Promise<void> {
    await this.#send(STREAMS.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows })), false);
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #send(stream: number, bytes: Uint8Array, isLast: boolean): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#socket.write(dataHeader(stream, bytes.length, isLast));
    if (bytes.length === 0) return;
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }
}
