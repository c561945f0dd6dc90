import { untilAborted } from '../daemon/daemon-client.ts';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isCtrlC } from '../interruption.ts';
import { LogPrinter } from '../logs/log-printer.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';

export interface LogsOptions {
  readonly follow: boolean;
  readonly tail: number | undefined;
  readonly timestamps: boolean;
}

/** Prints the log lines of services; none named: of all. */
export async function logs(
  services: readonly string[],
  { follow, tail, timestamps }: LogsOptions,
  { terminal, signal, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const printer = new LogPrinter(terminal.palette, timestamps);
  for await (const message of untilAborted(client.logs({ services, follow, tail }, signal), signal)) {
    for (const line of printer.lines(message)) await terminal.print(line);
  }
  if (signal.aborted && !(follow && isCtrlC(signal))) throw signal.reason;
  return EXIT.ok;
}
