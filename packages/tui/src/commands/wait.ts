import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { awaitLive, type LiveOutcome } from '../live/await-live.ts';
import { PlainPrinter } from '../plain/plain-printer.ts';
import { PlainWriter } from '../plain/plain-writer.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';

/** Waits until services serve what is on the disk now; none named: all of them. */
export async function wait(
  services: readonly string[],
  { timeoutSeconds }: { readonly timeoutSeconds: number },
  { terminal, signal, cwd, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const printer = new PlainPrinter({ cwd, brief: true, ...(services.length > 0 && { services }) });
  using writer = new PlainWriter(printer, terminal);
  const outcome = await awaitLive(client, {
    services,
    timeoutMs: timeoutSeconds * 1000,
    signal,
    show: (message) => writer.message(message),
  });
  if (outcome.is === 'live') await terminal.print(liveText(outcome));
  return exitCodeOf(outcome);
}

/** Which saves are live. */
export function liveText({ services }: Extract<LiveOutcome, { is: 'live' }>): string {
  return `Live: ${services.map(({ name, liveRevision }) => `${name} #${liveRevision}`).join(', ')}.`;
}

/** The exit code of a command that waited. What went wrong has been printed with the messages. */
export function exitCodeOf(outcome: LiveOutcome): ExitCode {
  switch (outcome.is) {
    case 'live':
      return EXIT.ok;
    case 'failed':
    case 'no-cluster':
      return EXIT.failed;
    case 'config':
      return EXIT.config;
  }
}
