import type { ServiceDetail } from '@devloop/shared/protocol/service-detail';
import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { formatDuration } from '../../wording/duration.ts';
import { passDuration, passParts } from '../../wording/pass-timing.ts';
import { healthOf } from '../overview/health.ts';
import { nowSpan } from '../overview/now-text.ts';
import { ruleRow } from '../overview/panel-rows.ts';
import { reportRows } from '../paint/report-rows.ts';
import { cutRow, type Row, type Size, span } from '../paint/row.ts';

export interface DetailInput {
  /** Undefined until the daemon has sent it. */
  readonly detail: ServiceDetail | undefined;
  readonly service: ServiceSnapshot;
  /** Rows above the window. */
  readonly scroll: number;
  readonly cursor: number;
  readonly nowMs: number;
}

/** All about one service, as much of it as fits from `scroll` on. */
export function detailRows(input: DetailInput, size: Size): Row[] {
  const content = detailContent(input, size.columns);
  const from = Math.max(0, Math.min(input.scroll, content.length - size.rows));
  const shown = content.slice(from, from + size.rows);
  return [...shown, ...Array.from({ length: size.rows - shown.length }, (): Row => [])];
}

/** All of its rows. */
export function detailContent({ detail, service }: DetailInput, columns: number): Row[] {
  const { mark, word, tone } = healthOf(service);
  const report = service.failure ?? service.degraded;
  const rows: Row[] = [
    [
      span(service.name, { service: service.name, bold: true }),
      span(`  ${mark} ${word}  `, { tone }),
      nowSpan(service),
    ],
    ...(report === undefined ? [] : reportRows(report, columns, Number.MAX_SAFE_INTEGER)),
    ...service.urls.map(({ url, through }): Row => [span(`${url}  ${through}`)]),
    ruleRow('pods', columns),
    ...service.pods.map(({ name, status, ready, restarts }): Row => {
      return [span(`${name}  ${status}  ${ready ? 'ready' : 'not ready'}  restarts ${restarts}`)];
    }),
    ruleRow('passes', columns),
    ...(detail?.passes ?? []).map(({ revision, outcome, times, kind }): Row => {
      return [span(`#${revision} ${outcome}  ${formatDuration(passDuration(times))}  ${passParts(times, kind)}`)];
    }),
    ...(detail === undefined || detail.config === '' ? [] : [ruleRow('as applied', columns)]),
    ...(detail?.config.split('\n') ?? []).map((line): Row => [span(line)]),
  ];
  return rows.map((row) => cutRow(row, columns));
}
