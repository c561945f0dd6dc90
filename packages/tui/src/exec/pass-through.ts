import type { ExecOutcome, TerminalSize } from '@devloop/shared/protocol/exec';
import type { ExecConnection } from '../daemon/exec-connection.ts';

/** Whose input and output a command has. */
export interface PassedStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** What is seen of the command's input and output on its way. */
export interface Passing {
  onInput(): void;
  onOutput(bytes: Uint8Array): void;
}

/** The size of a terminal, or a usual one where it does not tell. */
export function sizeOf({ columns, rows }: NodeJS.WriteStream): TerminalSize {
  return { columns: columns || 80, rows: rows || 24 };
}

/**
 * Gives a command this process's input and output until it has ended. What comes in after that is left for who reads
 * next.
 *
 * @param hasTerminal whether it has a terminal, which then is this one: every key is for the command, Ctrl-C among them,
 *     and it is told of the terminal's size
 * @throws DevloopError of the daemon, or `daemon/unreachable`; the signal's reason
 */
export async function passThrough(
  connection: ExecConnection,
  { stdin, stdout, stderr }: PassedStreams,
  hasTerminal: boolean,
  signal: AbortSignal,
  passing?: Passing,
): Promise<ExecOutcome> {
  using _terminal = hasTerminal ? lend(stdin, stdout, connection) : undefined;
  using _input = feed(stdin, connection, () => passing?.onInput());
  const write = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => {
    passing?.onOutput(bytes);
    return new Promise<void>((resolve) => (stream === 'stdout' ? stdout : stderr).write(bytes, () => resolve()));
  };
  return await connection.outcome({ write }, signal);
}

/** Hands the input on, no faster than it is taken, until disposed. */
function feed(stdin: NodeJS.ReadStream, connection: ExecConnection, onInput: () => void): Disposable {
  let isOver = false;
  const onData = async (chunk: Buffer) => {
    onInput();
    stdin.pause();
    await connection.send(chunk);
    if (!isOver) stdin.resume();
  };
  const onEnd = () => void connection.send(Buffer.alloc(0));
  stdin.on('data', onData).once('end', onEnd).resume();
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      stdin.off('data', onData).off('end', onEnd).pause();
    },
  };
}

/** Until disposed, keys come as they are pressed, and the command is told of the terminal's size. */
function lend(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, connection: ExecConnection): Disposable {
  const resized = () => connection.resize(sizeOf(stdout));
  stdin.setRawMode(true);
  stdout.on('resize', resized);
  return {
    [Symbol.dispose]: () => {
      stdout.off('resize', resized);
      stdin.setRawMode(false);
    },
  };
}
