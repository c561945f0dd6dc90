import { DevloopError, fromReport } from '@devloop/shared/errors/devloop-error';
import type { TerminalSize } from '@devloop/shared/protocol/one-off';
import type { OneOffConnection } from '../daemon/one-off-connection.ts';
import { attach } from '../daemon/start-daemon.ts';
import { awaitLive } from '../live/await-live.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';

export interface RunOptions {
  readonly command: readonly string[];
  /** Whether the command gets a terminal where there is one. */
  readonly tty: boolean;
  /** Whether what is being built is waited for. */
  readonly wait: boolean;
  readonly timeoutSeconds: number;
}

/** Runs a command in a Pod of its own, with what a service has. Answers with the command's exit code. */
export async function run(
  service: string,
  { command, tty, wait, timeoutSeconds }: RunOptions,
  { terminal, signal, startFolder }: CommandContext,
): Promise<number> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  if (wait) {
    const goal = { services: [service], timeoutMs: timeoutSeconds * 1000, signal, show: async () => undefined };
    if ((await awaitLive(client, goal)).is !== 'live') throw notLive(service);
  }
  const { stdin, stdout, stderr } = process;
  const hasTerminal = tty && terminal.isInteractive;
  const size = hasTerminal ? { terminal: sizeOf(stdout) } : {};
  const connection = client.runOneOff({ service, command: [...command], ...size });
  using _ = hasTerminal ? lend(stdin, stdout, connection) : undefined;
  const input = forward(stdin, connection);
  const write = (stream: 'stdout' | 'stderr', bytes: Uint8Array) =>
    new Promise<void>((resolve) => (stream === 'stdout' ? stdout : stderr).write(bytes, () => resolve()));
  try {
    const outcome = await connection.outcome({ write }, signal);
    if (outcome.is === 'exited') return outcome.exitCode;
    throw fromReport(outcome.report);
  } finally {
    stdin.destroy(); // nothing is read any more, so that the process can end
    await input;
  }
}

/** Hands the input on until it ends, or nobody takes it any more. Never throws. */
async function forward(stdin: NodeJS.ReadStream, connection: OneOffConnection): Promise<void> {
  try {
    for await (const chunk of stdin) await connection.send(chunk as Buffer);
    await connection.send(Buffer.alloc(0));
  } catch {
    // it was closed, because the command has ended
  }
}

/** Until disposed, keys are for the command alone, Ctrl-C among them, and it is told of the terminal's size. */
function lend(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, connection: OneOffConnection): Disposable {
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

function sizeOf({ columns, rows }: NodeJS.WriteStream): TerminalSize {
  return { columns: columns || 80, rows: rows || 24 };
}

function notLive(service: string): DevloopError {
  return new DevloopError(
    'command/refused',
    `What is on the disk of ${service} is not live, so that no command was run.`,
    `See why: devloop status. To run it with what is in the cluster: devloop run --no-wait ${service} -- COMMAND`,
  );
}
