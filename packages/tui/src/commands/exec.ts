import { fromReport } from '@devloop/shared/errors/devloop-error';
import type { ExecRequest } from '@devloop/shared/protocol/exec';
import { attach } from '../daemon/start-daemon.ts';
import { passThrough, sizeOf } from '../exec/pass-through.ts';
import { SHELL } from '../exec/shell.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';

export interface ExecOptions {
  /** Empty: a shell. */
  readonly command: readonly string[];
  /** Whether the command gets a terminal where there is one. */
  readonly tty: boolean;
  readonly pod: string | undefined;
  readonly container: string | undefined;
}

/** Runs a command in a container of a service that runs. Answers with the command's exit code. */
export async function exec(
  service: string,
  { command, tty, pod, container }: ExecOptions,
  { terminal, signal, startFolder }: CommandContext,
): Promise<number> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const { stdin, stdout, stderr } = process;
  const hasTerminal = tty && terminal.isInteractive;
  const request: ExecRequest = {
    service,
    command: [...(command.length === 0 ? SHELL : command)],
    terminal: hasTerminal ? sizeOf(stdout) : undefined,
    pod,
    container,
  };
  try {
    const outcome = await passThrough(client.exec(request), { stdin, stdout, stderr }, hasTerminal, signal);
    if (outcome.is === 'exited') return outcome.exitCode;
    throw fromReport(outcome.report);
  } finally {
    stdin.destroy(); // nothing is read any more, so that the process can end
  }
}
