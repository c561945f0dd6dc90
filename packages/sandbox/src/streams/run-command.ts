import { PassThrough, type Readable, type Writable } from 'node:stream';
import type { ClientTerminal, TerminalSize } from '../ports/client-terminal.ts';
import { type ContainerEngine, EngineError } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { chosenContainer, runningContainerId } from './pod-containers.ts';
import { lines } from './pod-log.ts';
import { badRequest, KubeletRefusal } from './status-response.ts';

/** More than any size takes. */
const MOST_SIZE_CHARACTERS = 256;

/** core/v1 PodExecOptions, or PodAttachOptions. */
export interface CommandRequest {
  /** Undefined: attaches to what the container runs. */
  readonly command: readonly string[] | undefined;
  readonly containerId: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Where a command reads and writes. */
export interface CommandStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The client's, where the command is to have one. */
  readonly terminal: ClientTerminal;
}

/** As client-go tells sizes: JSON objects, one after another. Returns what is not whole yet. */
export function readSizes(text: string, terminal: ClientTerminal): string {
  const end = text.lastIndexOf('}') + 1;
  for (const [object] of text.slice(0, end).matchAll(/\{[^{}]*\}/g)) {
    const size = sizeOf(object);
    if (size !== undefined) terminal.resize(size);
  }
  return text.slice(end).slice(-MOST_SIZE_CHARACTERS);
}

function sizeOf(text: string): TerminalSize | undefined {
  try {
    const { Width: columns, Height: rows } = JSON.parse(text);
    return [columns, rows].every(Number.isInteger) ? { columns, rows } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws StreamRefusal */
export function commandRequest(pod: KubeObject, query: URLSearchParams, isAttach: boolean): CommandRequest {
  const flag = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const [stdin, stdout, stderr, tty] = [flag('stdin'), flag('stdout'), flag('stderr'), flag('tty')];
  if (!stdin && !stdout && !stderr) {
    throw new KubeletRefusal(400, 'Bad Request', 'you must specify at least 1 of stdin, stdout, stderr');
  }
  if (tty && stderr) throw badRequest('tty and stderr cannot both be true');
  const command = query.getAll('command');
  if (!isAttach && command.length === 0) throw badRequest('you must specify at least one command for the container');
  const containerId = runningContainerId(pod, chosenContainer(pod, query.get('container')));
  return { command: isAttach ? undefined : command, containerId, stdin, stdout, stderr, tty };
}

/** Runs the command to its end and answers the Status that tells of it: the text for the error channel. */
export async function runCommand(
  request: CommandRequest,
  { stdin, stdout, stderr, terminal }: CommandStreams,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<string> {
  try {
    if (request.command === undefined) {
      await attach(request.containerId, stdout, stderr, engine, signal);
      return SUCCESS;
    }
    const exitCode = await engine.exec(request.containerId, {
      command: request.command,
      terminal: request.tty ? terminal : undefined,
      stdin: request.stdin ? stdin : undefined,
      stdout,
      stderr: request.tty ? stdout : stderr,
      signal,
    });
    return exitCode === 0 ? SUCCESS : failure(exitCode);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.status === 400) {
      // Docker tells of a program that is not there in the stream, and the kubelet hands on what Docker says.
      (request.stdout ? stdout : stderr).write(`${error.message}\r\n`);
      return failure(NOT_EXECUTABLE);
    }
    const message = `error executing command in container: ${error.message}`;
    return JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 });
  }
}

/** What the container writes from now on. */
async function attach(
  id: string,
  stdout: Writable,
  stderr: Writable,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> {
  for await (const some of lines(id, engine, { follow: true, last: 0, signal })) {
    for (const { stream, bytes } of some) (stream === 'stdout' ? stdout : stderr).write(bytes);
  }
}

/** Exit code of a program that could not be started. */
const NOT_EXECUTABLE = 126;

const SUCCESS = JSON.stringify({ metadata: {}, status: 'Success' });

/** pkg/kubelet/cri/streaming/remotecommand: `NonZeroExitCode`. */
function failure(exitCode: number): string {
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `command terminated with exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  });
}

/** A stream that hands on what is written to it, and waits where `send` does. */
export function outlet(send: (bytes: Buffer, sent: () => void) => void): Writable {
  const stream = new PassThrough();
  stream.on('data', (bytes: Buffer) => {
    stream.pause();
    send(bytes, () => stream.resume());
  });
  return stream;
}

/** Resolves when all that was written has been handed on. */
export async function flushed(...streams: readonly Writable[]): Promise<void> {
  await Promise.all(
    streams.map(
      (stream) =>
        new Promise<void>((resolve) => {
          stream.once('close', () => resolve());
          stream.end();
        }),
    ),
  );
}
