import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { formatLasting } from '../../wording/duration.ts';
import { plainText } from '../../wording/plain-text.ts';
import { SERVICE_KEYS } from '../app/bindings.ts';
import { keyText } from '../keys/key-text.ts';
import { healthOf } from '../overview/health.ts';
import { nowSpan } from '../overview/now-text.ts';
import { ruleRow } from '../overview/panel-rows.ts';
import { reportRows } from '../paint/report-rows.ts';
import { cutRow, type Row, type Size, span } from '../paint/row.ts';
import { passRows } from './pass-rows.ts';
import { podRows } from './pod-rows.ts';

export interface DetailInput {
  /** Undefined until the daemon has sent it. */
  readonly detail: ServiceDetail | undefined;
  readonly service: ServiceSnapshot;
  /** Rows above the window. */
  readonly scroll: number;
  readonly cursor: number;
  readonly nowMs: number;
}

/** Keys that carry out what remedies say. */
const REMEDY_KEYS = (['rebuild', 'restart', 'roll-back', 'show-logs', 'shell'] as const)
  .flatMap((action) => SERVICE_KEYS.filter((binding) => binding.action === action))
  .map(({ keys: [key = ''], title }) => `${keyText(key)} to ${title}`)
  .join(', ');

/** All about one service, as much of it as fits from `scroll` on. */
export function detailRows(input: DetailInput, size: Size): Row[] {
  const content = detailContent(input, size.columns);
  const from = Math.max(0, Math.min(input.scroll, content.length - size.rows));
  const shown = content.slice(from, from + size.rows);
  return [...shown, ...Array.from({ length: size.rows - shown.length }, (): Row => [])];
}

/** All of its rows. */
export function detailContent({ detail, service, nowMs }: DetailInput, columns: number): Row[] {
  const rows: Row[] = [
    titleRow(service),
    liveRow(service, nowMs),
    ...failureRows(service, columns),
    ...addressRows(service),
    ...(detail === undefined
      ? [[], [span('asking the daemon', { tone: 'quiet' })]]
      : aboutRows(detail, columns, nowMs)),
  ];
  return rows.map((row) => cutRow(row, columns));
}

function titleRow(service: ServiceSnapshot): Row {
  const { mark, word, tone } = healthOf(service);
  return [
    span(service.name, { service: service.name, bold: true }),
    span(`  ${mark} ${word}  `, { tone }),
    nowSpan(service),
  ];
}

/** Which save serves, and from which image. */
function liveRow({ liveRevision, liveAt, liveImage, replicas }: ServiceSnapshot, nowMs: number): Row {
  if (liveRevision === 0) return [span('nothing of it was live yet', { tone: 'quiet' })];
  const since = liveAt === undefined ? '' : `, live for ${formatLasting(nowMs - Date.parse(liveAt))}`;
  const image = liveImage === undefined ? '' : `  ${plainText(liveImage)}`;
  return [span(`#${liveRevision}${since}  ready ${replicas.ready}/${replicas.wanted}${image}`, { tone: 'quiet' })];
}

/** What went wrong in full, with the keys that carry its remedy out. */
function failureRows(service: ServiceSnapshot, columns: number): Row[] {
  const report = service.failure ?? service.degraded;
  if (report === undefined) return [];
  const title = service.failure === undefined ? 'what is wrong' : `why #${service.seenRevision} is not live`;
  return [
    ruleRow(title, columns),
    ...reportRows(report, columns, Number.MAX_SAFE_INTEGER),
    [span(`  save a change, or press ${REMEDY_KEYS}`, { tone: 'quiet' })],
  ];
}

function addressRows({ urls, forwards, unreachableNodePorts }: ServiceSnapshot): Row[] {
  const listening = forwards.filter(({ status }) => status === 'listening');
  const forwardAt = (url: string) => listening.find(({ local }) => url.endsWith(`:${local}`));
  const how = (chosen: boolean | undefined) => span(`  forward${chosen ? ', chosen' : ''}`, { tone: 'quiet' });
  return [
    ...urls.map(({ url, through }): Row => {
      const name = through === 'forward' ? how(forwardAt(url)?.chosen) : span(`  ${through}`, { tone: 'quiet' });
      return [span(url, { underline: true }), name];
    }),
    ...listening
      .filter((forward) => !urls.some(({ url, through }) => through === 'forward' && forwardAt(url) === forward))
      .map(({ local, port, chosen }): Row => [span(`localhost:${local} → ${port}`), how(chosen)]),
    ...unreachableNodePorts.map((port): Row => {
      return [span(`NodePort ${port} is not reached from here; forward it with f`, { tone: 'warning' })];
    }),
    ...forwards
      .filter(({ status }) => status === 'failed')
      .map(({ local, port, failure }): Row => {
        return [span(`localhost:${local} → ${port} is not forwarded: ${failure?.message ?? ''}`, { tone: 'bad' })];
      }),
  ];
}

function aboutRows(detail: ServiceDetail, columns: number, nowMs: number): Row[] {
  const { workloads, pods, passes, config } = detail;
  const named = workloads.map(({ kind, name, ready, wanted }) => `${kind}/${name} ${ready}/${wanted}`).join('  ');
  return [
    ruleRow(named === '' ? 'pods' : `pods of ${named}`, columns),
    ...(pods.length === 0
      ? [[span('no pods', { tone: 'quiet' as const })]]
      : pods.flatMap((pod) => podRows(pod, nowMs))),
    ruleRow('passes', columns),
    ...passRows(passes, columns, nowMs),
    ...(config === '' ? [] : [ruleRow('as applied', columns), ...config.trimEnd().split('\n').map(yamlRow)]),
  ];
}

function yamlRow(line: string): Row {
  return [span(plainText(line))];
}
