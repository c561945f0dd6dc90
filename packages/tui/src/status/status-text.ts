import { type Liveness, liveness, type ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import { activityText } from '../plain/service-progress.ts';
import type { Paint, Palette } from '../terminal/palette.ts';
import { diagnosticLines, displayPath, reportLines } from '../terminal/report.ts';
import { type Cell, renderTable } from '../terminal/table.ts';
import { clusterLine } from '../wording/cluster-line.ts';
import { formatAge, formatDuration } from '../wording/duration.ts';
import { passDuration } from '../wording/pass-timing.ts';

export interface StatusView {
  readonly palette: Palette;
  readonly cwd: string;
  readonly nowMs: number;
  /** Width to cut lines to; undefined: as wide as they are. */
  readonly columns: number | undefined;
}

const HEAD = ['SERVICE', 'STATE', 'LIVE', 'PODS', 'RESTARTS', 'PORTS', 'LAST', 'NOW'];

/** The project at a glance: where it runs, every service, and below them what is wrong and what mends it. */
export function statusText(snapshot: DaemonSnapshot, view: StatusView): string {
  const { palette } = view;
  const rows = snapshot.services.map((service) => serviceRow(service, view));
  const head = HEAD.map((text): Cell => ({ text, paint: palette.dim }));
  return [
    `${palette.bold(snapshot.project || 'not read yet')}  ${displayPath(snapshot.folder, view.cwd)}`,
    clusterLine(snapshot.cluster),
    '',
    ...(rows.length > 0 ? renderTable([head, ...rows], view.columns) : ['No services yet.']),
    ...problems(snapshot, view).flatMap((lines) => ['', ...lines]),
  ].join('\n');
}

function serviceRow(service: ServiceSnapshot, { palette, nowMs }: StatusView): Cell[] {
  const word = liveness(service);
  const { lastPass, pods } = service;
  return [
    { text: service.name, paint: palette.service(service.name) },
    { text: word, paint: paintOf(word, palette) },
    { text: liveText(service, nowMs) },
    { text: podsText(service) },
    { text: String(pods.reduce((sum, pod) => sum + pod.restarts, 0)) },
    { text: service.forwards.map(forwardText).join(', ') || '-' },
    { text: lastPass ? `${formatDuration(passDuration(lastPass.times))} ${lastPass.kind}` : '-' },
    { text: nowText(service) },
  ];
}

function paintOf(word: Liveness, palette: Palette): Paint {
  switch (word) {
    case 'live':
      return palette.good;
    case 'failed':
    case 'degraded':
      return palette.bad;
    case 'working':
    case 'held':
      return palette.warning;
    case 'off':
      return palette.dim;
  }
}

/** Which save serves, and since when. */
function liveText({ liveRevision, liveAt }: ServiceSnapshot, nowMs: number): string {
  if (liveRevision === 0) return '-';
  return liveAt === undefined ? `#${liveRevision}` : `#${liveRevision} ${formatAge(nowMs - Date.parse(liveAt))}`;
}

function podsText({ pods }: ServiceSnapshot): string {
  if (pods.length === 0) return '-';
  const states = [...new Set(pods.map((pod) => (pod.newest ? pod.status : `${pod.status} (old)`)))];
  return `${pods.filter((pod) => pod.ready).length}/${pods.length} ${states.join(', ')}`;
}

function forwardText({ local, port, status }: ServiceSnapshot['forwards'][number]): string {
  return `${local}→${port}${status === 'failed' ? ' failed' : ''}`;
}

/** What is on its way and where it is, or why it waits. */
function nowText(service: ServiceSnapshot): string {
  const { activity, seenRevision, liveRevision } = service;
  const revision = activity.is === 'working' ? activity.revision : seenRevision;
  const text = activityText(activity);
  if (text !== undefined) return `#${revision} ${text}`;
  return service.failure !== undefined && seenRevision > liveRevision ? `#${seenRevision} failed` : '';
}

function problems(snapshot: DaemonSnapshot, { palette, cwd }: StatusView): string[][] {
  const { cluster, diagnostics, warnings, services } = snapshot;
  return [
    ...(cluster.is === 'lost' ? [reportLines(cluster.failure, palette)] : []),
    ...(diagnostics.length > 0
      ? [
          [
            palette.bad(
              `The configuration has problems${services.length > 0 ? '; the last good one is in force' : ''}.`,
            ),
            ...diagnosticLines(diagnostics, cwd),
          ],
        ]
      : []),
    ...warnings.map((warning) => reportLines(warning, { ...palette, bad: palette.warning })),
    ...services.flatMap(({ name, failure, degraded, forwards }) =>
      [failure, degraded, ...forwards.map((forward) => forward.failure)]
        .filter((report) => report !== undefined)
        .map((report) => prefixed(name, reportLines(report, palette), palette)),
    ),
  ];
}

function prefixed(service: string, [first = '', ...more]: string[], palette: Palette): string[] {
  return [`${palette.service(service)(service)}  ${first}`, ...more];
}
