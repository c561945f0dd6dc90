import { cutRow, type Row, type Span, span } from '../paint/row.ts';
import type { LogStore } from './log-store.ts';
import { safeText } from './log-text.ts';
import type { LogsState } from './logs-state.ts';
import type { LogsView } from './logs-view.ts';
import { lowerBound } from './merged-list.ts';
import { searchCount } from './search-count.ts';

/** What is shown and what is not, the most important first: what does not fit is cut at the right. */
export function statusRow(state: LogsState, store: LogStore, view: LogsView, columns: number): Row {
  const quiet = { tone: 'quiet' } as const;
  const parts: (Span | undefined)[] = [
    state.service === undefined
      ? span('all services', { bold: true })
      : span(safeText(state.service), { service: state.service, bold: true }),
    followPart(state, view),
    state.notice === undefined ? undefined : span(safeText(state.notice), { tone: 'warning' }),
    searchPart(state, view),
    ...state.filters.map(({ keeps, pattern }) =>
      span(`${keeps ? '&' : '!'}${safeText(pattern.source)}`, { tone: 'accent' }),
    ),
    state.level === undefined ? undefined : span(`≥ ${state.level}`, { tone: 'accent' }),
    progressPart(view),
    gapsPart(state, store),
    state.clearedUpTo > 0 ? span('cleared (C)', quiet) : undefined,
    state.steps ? undefined : span('no builds', quiet),
    state.wrap ? span('wrapped', quiet) : undefined,
    state.json ? span('json', quiet) : undefined,
    state.shift > 0 ? span(`from column ${state.shift + 1}`, quiet) : undefined,
    store.evicted > 0 ? span(`${counted(store.evicted)} older dropped`, quiet) : undefined,
  ];
  const spans = parts.filter((part) => part !== undefined);
  return cutRow(
    spans.flatMap((part, index) => (index === 0 ? [part] : [span(' · ', quiet), part])),
    columns,
  );
}

function followPart(state: LogsState, view: LogsView): Span {
  if (state.cursor === undefined) return span('following', { tone: 'good' });
  const { seen } = state;
  const { entries } = view.selection;
  const fresh = seen === undefined ? 0 : entries.length - lowerBound(entries, { time: seen.time, id: seen.id + 1 });
  return span(fresh === 0 ? 'paused (f)' : `paused · ${counted(fresh)} new ↓ (f)`, { tone: 'warning' });
}

function searchPart(state: LogsState, view: LogsView): Span | undefined {
  if (state.search === undefined || view.matches === undefined) return undefined;
  const { at, of, isDone } = searchCount(state, view.matches);
  const count = of === 0 && isDone ? 'no match' : `${at === undefined ? '' : `${at}/`}${of}${isDone ? '' : '+'}`;
  return span(`/${safeText(state.search.source)} ${count}`, { tone: 'accent' });
}

function progressPart(view: LogsView): Span | undefined {
  const open = [view.selection, view.matches].filter((selection) => selection?.isDone === false);
  const [first] = open;
  return first === undefined ? undefined : span(`looking … ${Math.floor(first.progress * 100)} %`, { tone: 'quiet' });
}

function gapsPart({ service, clearedUpTo }: LogsState, store: LogStore): Span | undefined {
  const count = store.gaps.filter(
    ({ id, origin }) => id > clearedUpTo && (service === undefined || origin.service === service),
  ).length;
  return count === 0 ? undefined : span(count === 1 ? '1 gap' : `${counted(count)} gaps`, { tone: 'warning' });
}

/** With thin groups of three: `12 345`. */
function counted(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ');
}
