import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { awaitLive } from '../live/await-live.ts';
import { PlainPrinter } from '../plain/plain-printer.ts';
import { PlainWriter } from '../plain/plain-writer.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodeOf, liveText } from './wait.ts';

export interface RebuildOptions {
  readonly wait: boolean;
  readonly timeoutSeconds: number;
}

/** Builds and rolls out a service again, even where nothing changed. */
export async function rebuild(
  service: string,
  options: RebuildOptions,
  { terminal, signal, cwd, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const ask = async () => (await client.command({ type: 'rebuild-service', service }, signal)).revision;
  if (!options.wait) {
    await terminal.print(
      `${service} is built again as #${await ask()}. See it: devloop status, devloop wait ${service}`,
    );
    return EXIT.ok;
  }
  using writer = new PlainWriter(new PlainPrinter({ cwd, brief: true, services: [service] }), terminal);
  const outcome = await awaitLive(client, {
    services: [service],
    ask,
    timeoutMs: options.timeoutSeconds * 1000,
    signal,
    show: (message) => writer.message(message),
  });
  if (outcome.is === 'live') await terminal.print(liveText(outcome));
  return exitCodeOf(outcome);
}
