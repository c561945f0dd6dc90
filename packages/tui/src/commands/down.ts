import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ObjectName } from '@devloop/shared/protocol/command';
import { endDaemon, processEnded } from '../daemon/end-daemon.ts';
import { type Attachment, ensureDaemon } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { count } from '../plain/count.ts';
import { findProjectFolder } from '../project-folder.ts';
import { withPatience } from '../terminal/patience.ts';
import { renderTable } from '../terminal/table.ts';
import type { CommandContext } from './command-context.ts';

/** Lists what devloop applied for this project, asks, deletes it and ends the daemon. */
export async function down({ yes }: { readonly yes: boolean }, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal, startFolder } = context;
  const folder = await findProjectFolder(startFolder);
  const attachment = await withPatience(terminal, 'starting the daemon', () =>
    ensureDaemon(folder, { signal, works: false }),
  );
  const { client, hello } = attachment;
  const { objects } = await withPatience(terminal, 'asking the cluster what devloop applied', () =>
    client.command({ type: 'plan-down' }, signal),
  );
  if (objects.length === 0) {
    await endDaemon(client, hello, signal);
    await terminal.print('There is nothing in the cluster that devloop applied for this project.');
    return EXIT.ok;
  }
  await terminal.print(`devloop down deletes:\n${objectLines(objects).join('\n')}`);
  if (!yes && !(await isConfirmed(objects, context, attachment))) {
    await terminal.print('Nothing was deleted.');
    return EXIT.failed;
  }
  const result = await withPatience(terminal, `deleting ${count(objects.length, 'object')}`, () =>
    client.command({ type: 'down' }, signal),
  );
  await withPatience(terminal, 'waiting for the daemon to end', () => processEnded(hello.pid, signal));
  const later = result.objects.filter((object) => !objects.some((planned) => isSame(planned, object)));
  if (later.length > 0) await terminal.print(`Deleted too, applied meanwhile:\n${objectLines(later).join('\n')}`);
  await terminal.print(`Deleted ${count(result.objects.length, 'object')}. The daemon has ended.`);
  return EXIT.ok;
}

/** The objects in aligned columns: kind, name, namespace. */
export function objectLines(objects: readonly ObjectName[]): string[] {
  const rows = objects.map(({ kind, name, namespace }) => [{ text: kind }, { text: name }, { text: namespace ?? '' }]);
  return renderTable(rows).map((line) => `  ${line}`);
}

async function isConfirmed(
  objects: readonly ObjectName[],
  { terminal, signal }: CommandContext,
  { client, hello, started }: Attachment,
): Promise<boolean> {
  const isYes =
    terminal.isInteractive &&
    (await terminal.confirm(`Delete ${objects.length === 1 ? 'it' : `these ${objects.length} objects`}?`, signal));
  if (isYes) return true;
  if (started) await endDaemon(client, hello, signal); // it was started only to be asked
  if (terminal.isInteractive) return false;
  throw new DevloopError(
    'command/invalid',
    'devloop down asks before it deletes, and there is no terminal to ask at.',
    'If these may go: devloop down --yes',
  );
}

function isSame(a: ObjectName, b: ObjectName): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;
}
