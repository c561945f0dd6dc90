import { DevloopError, fromReport } from '@devloop/shared/errors/devloop-error';
import { attach } from '../daemon/start-daemon.ts';
import { passThrough, sizeOf } from '../exec/pass-through.ts';
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
  try {
    const outcome = await passThrough(connection, { stdin, stdout, stderr }, hasTerminal, signal);
    if (outcome.is === 'exited') return outcome.exitCode;
    throw fromReport(outcome.report);
  } finally {
    stdin.destroy(); // nothing is read any more, so that the process can end
  }
}

function notLive(service: string): DevloopError {
  return new DevloopError(
    'command/refused',
    `What is on the disk of ${service} is not live, so that no command was run.`,
    `See why: devloop status. To run it with what is in the cluster: devloop run --no-wait ${service} -- COMMAND`,
  );
}
