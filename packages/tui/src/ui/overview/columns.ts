import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { formatAge, formatDuration } from '../../wording/duration.ts';
import { passDuration } from '../../wording/pass-timing.ts';
import { type Row, type Span, span } from '../paint/row.ts';
import { textWidth } from '../paint/text-width.ts';
import { healthOf, isUnhealthy } from './health.ts';
import { nowSpan } from './now-text.ts';
import { sparkline } from './sparkline.ts';

/** One column of the table of services, with the cells that it takes on this screen. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly cell: (service: ServiceSnapshot, nowMs: number) => Row;
}

export const GAP = 2;
/** The column that says what goes on takes what is left; others are added only while it keeps this. */
const NOW_WIDTH = { least: 12, comfortable: 24, share: 0.25 };

type Optional = 'live' | 'pods' | 'restarts' | 'age' | 'address' | 'last' | 'trend';

/** In this order columns are given room. */
const BY_WORTH: readonly Optional[] = ['pods', 'last', 'live', 'address', 'trend', 'restarts', 'age'];

/** The columns that have room, in the order in which they are shown. */
export function tableColumns(services: readonly ServiceSnapshot[], columns: number): Column[] {
  const nameWidth = Math.min(Math.max(7, ...services.map(({ name }) => textWidth(name))), columns < 100 ? 16 : 32);
  const state: Column = { title: 'STATE', width: 10, cell: stateCell };
  const name: Column = { title: 'SERVICE', width: Math.min(nameWidth, Math.floor(columns / 3)), cell: nameCell };
  const optional = optionalColumns(columns);
  const comfortable = Math.max(NOW_WIDTH.comfortable, Math.floor(columns * NOW_WIDTH.share));
  let left = columns - state.width - name.width - 2 * GAP;
  const chosen = new Set<Optional>();
  for (const key of BY_WORTH) {
    if (!hasContent(key, services)) continue;
    const needed = optional[key].width + GAP;
    if (left - needed < comfortable) continue;
    left -= needed;
    chosen.add(key);
  }
  const now: Column = { title: 'NOW', width: Math.max(NOW_WIDTH.least, left), cell: (service) => [nowSpan(service)] };
  const shown = (...keys: Optional[]) => keys.filter((key) => chosen.has(key)).map((key) => optional[key]);
  return [state, name, ...shown('live', 'pods', 'restarts', 'age', 'last', 'trend', 'address'), now];
}

/** What says nothing about any service leaves its room to what does. */
function hasContent(key: Optional, services: readonly ServiceSnapshot[]): boolean {
  switch (key) {
    case 'restarts':
      return services.some(({ pods }) => pods.some(({ restarts }) => restarts > 0));
    case 'age':
      return services.some(({ pods }) => pods.some(({ startedAt }) => startedAt !== undefined));
    case 'address':
      return services.some(({ urls, forwards }) => urls.length + forwards.length > 0);
    case 'trend':
      return services.some(({ recentPasses }) => recentPasses.length > 1);
    default:
      return true;
  }
}

function optionalColumns(columns: number): Record<Optional, Column> {
  const trendWidth = columns < 160 ? 10 : 20;
  return {
    live: { title: 'LIVE', width: 11, cell: (service, nowMs) => [span(liveText(service, nowMs))] },
    pods: { title: 'PODS', width: 5, cell: (service) => [podsSpan(service)] },
    restarts: { title: 'RESTARTS', width: 8, cell: (service) => [restartsSpan(service)] },
    age: { title: 'AGE', width: 6, cell: (service, nowMs) => [span(ageText(service, nowMs), { tone: 'quiet' })] },
    address: { title: 'ADDRESS', width: columns < 160 ? 22 : 34, cell: (service) => [addressSpan(service)] },
    last: { title: 'LAST', width: 9, cell: (service) => [span(lastText(service))] },
    trend: {
      title: 'TREND',
      width: trendWidth,
      cell: ({ recentPasses }) => [span(sparkline(recentPasses, trendWidth), { tone: 'quiet' })],
    },
  };
}

function stateCell(service: ServiceSnapshot): Row {
  const { mark, word, tone } = healthOf(service);
  return [span(`${mark} ${word}`, { tone, ...(isUnhealthy(service) && { bold: true }) })];
}

function nameCell(service: ServiceSnapshot): Row {
  return [span(service.name, { service: service.name, ...(isUnhealthy(service) && { bold: true }) })];
}

function liveText({ liveRevision, liveAt }: ServiceSnapshot, nowMs: number): string {
  if (liveRevision === 0) return '-';
  return liveAt === undefined ? `#${liveRevision}` : `#${liveRevision} ${formatAge(nowMs - Date.parse(liveAt))}`;
}

/** Pods that are ready, of those that there are, or are to be. */
function podsSpan({ pods, replicas }: ServiceSnapshot): Span {
  const ready = pods.filter((pod) => pod.ready).length;
  const wanted = Math.max(pods.length, replicas.wanted);
  if (wanted === 0) return span('-', { tone: 'quiet' });
  return span(`${ready}/${wanted}`, ready < wanted ? { tone: 'warning' } : undefined);
}

function restartsSpan({ pods }: ServiceSnapshot): Span {
  const restarts = pods.reduce((sum, pod) => sum + pod.restarts, 0);
  return restarts === 0 ? span('-', { tone: 'quiet' }) : span(String(restarts));
}

/** Age of the youngest pod. */
function ageText({ pods }: ServiceSnapshot, nowMs: number): string {
  const began = pods.map(({ startedAt }) => (startedAt === undefined ? 0 : Date.parse(startedAt)));
  const youngest = Math.max(0, ...began);
  return youngest === 0 ? '-' : formatAge(nowMs - youngest);
}

function addressSpan({ urls, forwards }: ServiceSnapshot): Span {
  const failed = forwards.find(({ status }) => status === 'failed');
  if (failed !== undefined) return span(`✗ port ${failed.local} failed`, { tone: 'bad' });
  const [first, ...more] = urls.map(({ url }) => url.replace(/^http:\/\//, ''));
  if (first !== undefined) return span(more.length === 0 ? first : `${first} +${more.length}`);
  const [forward] = forwards;
  return forward === undefined ? span('-', { tone: 'quiet' }) : span(`localhost:${forward.local}`);
}

function lastText({ lastPass }: ServiceSnapshot): string {
  return lastPass === undefined ? '-' : formatDuration(passDuration(lastPass.times));
}
