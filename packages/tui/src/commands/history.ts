import type { PassRecord } from '@devloop/shared/protocol/service-detail';
import type { DaemonClient } from '../daemon/daemon-client.ts';
import { attach } from '../daemon/start-daemon.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import type { Paint, Palette } from '../terminal/palette.ts';
import { type Cell, renderTable } from '../terminal/table.ts';
import { formatAgo, formatDuration } from '../wording/duration.ts';
import { passDuration, passStory } from '../wording/pass-timing.ts';
import type { CommandContext } from './command-context.ts';
import { serviceNamed } from './service-named.ts';

/** Shows what went live of a service and what did not, the newest first, and which builds a rollback can name. */
export async function history(
  service: string,
  { json }: { readonly json: boolean },
  { terminal, signal, startFolder }: CommandContext,
): Promise<ExitCode> {
  const { client } = await attach(await findProjectFolder(startFolder), signal);
  const { liveImage } = serviceNamed(service, await client.snapshot(signal));
  const passes = await passesOf(client, service, signal);
  const view = { liveImage, palette: terminal.palette, columns: terminal.columns, nowMs: Date.now() };
  await terminal.print(json ? JSON.stringify(passes, undefined, 2) : historyLines(service, passes, view).join('\n'));
  return EXIT.ok;
}

async function passesOf(client: DaemonClient, service: string, signal: AbortSignal): Promise<readonly PassRecord[]> {
  for await (const message of client.detail(service, signal)) {
    if (message.type === 'detail') return message.detail.passes;
  }
  return [];
}

interface HistoryView {
  readonly liveImage: string | undefined;
  readonly palette: Palette;
  readonly columns: number | undefined;
  readonly nowMs: number;
}

function historyLines(service: string, passes: readonly PassRecord[], view: HistoryView): string[] {
  if (passes.length === 0) return [`Nothing of ${service} has gone live or failed since the daemon was started.`];
  const { palette, columns } = view;
  const head = ['SAVE', 'OUTCOME', 'TOOK', 'WHEN', 'BUILD', 'WHY'].map((text): Cell => ({ text, paint: palette.dim }));
  return renderTable([head, ...passes.map((pass) => cellsOf(pass, view))], columns);
}

function cellsOf(pass: PassRecord, { liveImage, palette, nowMs }: HistoryView): Cell[] {
  const { revision, outcome, times, image } = pass;
  const paints: Readonly<Record<PassRecord['outcome'], Paint>> = {
    live: palette.good,
    failed: palette.bad,
    superseded: palette.dim,
  };
  return [
    { text: `#${revision}` },
    { text: outcome, paint: paints[outcome] },
    { text: formatDuration(passDuration(times)) },
    { text: formatAgo(nowMs - times.endedAt) },
    { text: image === undefined ? '-' : image === liveImage ? `${image} (live)` : image },
    { text: passStory(pass) },
  ];
}
