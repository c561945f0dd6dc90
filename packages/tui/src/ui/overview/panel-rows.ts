import { renderDiagnostic } from '@devloop/shared/config/config-diagnostic';
import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { displayPath } from '../../terminal/report.ts';
import { plainText } from '../../wording/plain-text.ts';
import { timeOfDay } from '../../wording/time-of-day.ts';
import type { ToldEvent } from '../feed/event-tail.ts';
import { reportRows } from '../paint/report-rows.ts';
import { type Row, type Size, span } from '../paint/row.ts';
import type { Tone } from '../paint/style.ts';

export interface PanelInput {
  readonly snapshot: DaemonSnapshot;
  readonly service: ServiceSnapshot | undefined;
  /** What has happened to that service, the newest last. */
  readonly events: readonly ToldEvent[];
  readonly cwd: string;
}

interface Section {
  readonly title: string;
  readonly rows: (room: number) => readonly Row[];
}

/**
 * What is below the table: what is wrong with the project, then with the service under the cursor, else what has
 * happened to it last.
 */
export function panelRows(input: PanelInput, { columns, rows }: Size): Row[] {
  const painted: Row[] = [];
  for (const section of sections(input, columns)) {
    const room = rows - painted.length;
    if (room < 2) break;
    painted.push(ruleRow(section.title, columns), ...section.rows(room - 1).slice(0, room - 1));
  }
  return painted;
}

/** A line across with a title in it. */
export function ruleRow(title: string, columns: number): Row {
  const rest = Math.max(0, columns - title.length - 4);
  return [span('─ ', { tone: 'quiet' }), span(title, { bold: true }), span(` ${'─'.repeat(rest)}`, { tone: 'quiet' })];
}

function sections({ snapshot, service, events, cwd }: PanelInput, columns: number): Section[] {
  const { diagnostics, cluster, warnings, services } = snapshot;
  const about = (title: string, report: ErrorReport, tone: Tone = 'bad'): Section => ({
    title,
    rows: (room) => reportRows(report, columns, room, tone),
  });
  const isInForce = services.length > 0;
  const named = service === undefined ? '' : service.name;
  return [
    ...(diagnostics.length > 0
      ? [
          {
            title: isInForce
              ? 'the configuration has problems; the last good one is in force'
              : 'the configuration has problems',
            rows: () => diagnostics.flatMap((one) => diagnosticRows(renderDiagnostic(one, displayPath(one.file, cwd)))),
          },
        ]
      : []),
    ...(cluster.is === 'lost' ? [about('no cluster', cluster.failure)] : []),
    ...(service?.failure ? [about(`${named} failed`, service.failure)] : []),
    ...(service?.degraded ? [about(`${named} is not well`, service.degraded)] : []),
    ...(service?.forwards ?? []).flatMap(({ local, failure }) =>
      failure === undefined ? [] : [about(`${named}: port ${local} is not forwarded`, failure)],
    ),
    ...warnings.map((warning) => about('note', warning, 'warning')),
    ...(service !== undefined && events.length > 0
      ? [{ title: `${named}: what happened`, rows: (room: number) => events.slice(-room).map(eventRow) }]
      : []),
  ];
}

function diagnosticRows(rendered: string): Row[] {
  return rendered.split('\n').map((line, index) => [span(plainText(line), index === 0 ? { tone: 'bad' } : undefined)]);
}

const TONES = { plain: undefined, dim: 'quiet', good: 'good', bad: 'bad', warning: 'warning' } as const;

function eventRow({ atMs, line }: ToldEvent): Row {
  const tone = TONES[line.tone];
  return [span(`${timeOfDay(new Date(atMs))}  `, { tone: 'quiet' }), span(line.text, tone && { tone })];
}
