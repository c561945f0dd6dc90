import { toReport } from '@devloop/shared/errors/devloop-error';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode, exitCodeFor } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { statusText } from '../status/status-text.ts';
import type { CommandContext } from './command-context.ts';

/** Shows every service's state: as a table, or as the daemon's snapshot in JSON. */
export async function status({ json }: { readonly json: boolean }, context: CommandContext): Promise<ExitCode> {
  const { terminal, cwd } = context;
  let snapshot: DaemonSnapshot;
  try {
    snapshot = await read(context);
  } catch (error) {
    if (!json || context.signal.aborted) throw error;
    const report = toReport(error);
    await terminal.print(JSON.stringify({ error: report }, undefined, 2));
    return exitCodeFor(report.code);
  }
  const { palette, columns } = terminal;
  await terminal.print(
    json ? JSON.stringify(snapshot, undefined, 2) : statusText(snapshot, { palette, columns, cwd, nowMs: Date.now() }),
  );
  return EXIT.ok;
}

async function read({ startFolder, signal }: CommandContext): Promise<DaemonSnapshot> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  return client.snapshot(signal);
}
