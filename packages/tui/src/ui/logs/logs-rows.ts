import { cutRow, type Row, type Size, span } from '../paint/row.ts';
import { entryRows } from './entry-rows.ts';
import { inputRow } from './input-row.ts';
import type { LogPattern } from './log-pattern.ts';
import type { LogStore } from './log-store.ts';
import type { LogsState } from './logs-state.ts';
import { type LogsView, viewOf } from './logs-view.ts';
import { statusRow } from './status-row.ts';
import { runLimited } from './time-limit.ts';

/** What highlighting the search in a frame may take. */
const LIMIT_MS = 40;

/** The screen: exactly `size.rows` rows of at most `size.columns` cells. Costs what is visible. */
export function logsRows(state: LogsState, store: LogStore, size: Size): Row[] {
  const view = viewOf(state, store, size);
  const body = bodyRows(state, store, view, size.columns);
  const rows = [
    ...(size.rows > 1 || state.asking === undefined ? [statusRow(state, store, view, size.columns)] : []),
    ...body,
    ...Array.from({ length: view.bodyRows - body.length }, (): Row => []),
    ...(state.asking === undefined ? [] : [inputRow(state.asking, size.columns)]),
  ];
  return rows.slice(0, size.rows);
}

function bodyRows(state: LogsState, store: LogStore, view: LogsView, columns: number): Row[] {
  if (view.window.shown.length === 0) return emptyRows(state, view, columns);
  const { search } = state;
  if (search?.isRegex !== true) return shownRows(state, store, view, search);
  const rows = runLimited(LIMIT_MS, () => shownRows(state, store, view, search));
  if (rows !== undefined) return rows.result;
  search.giveUpIfRunning();
  return shownRows(state, store, view, undefined);
}

function shownRows(state: LogsState, store: LogStore, view: LogsView, search: LogPattern | undefined): Row[] {
  const { margin, layout, window, cursor } = view;
  const paint = { margin, reader: store.reader, search };
  return window.shown.flatMap(({ entry, index, top }) => {
    const skipped = Math.max(0, -top);
    const isCursor = state.cursor !== undefined && index === cursor.index;
    const pieces = layout.pieces(entry).slice(skipped, view.bodyRows - top);
    return entryRows(entry, pieces, skipped, isCursor, paint);
  });
}

function emptyRows(state: LogsState, view: LogsView, columns: number): Row[] {
  if (view.bodyRows === 0) return [];
  const isChosen = state.filters.length > 0 || state.level !== undefined;
  const text = !view.selection.isDone ? 'looking …' : isChosen ? 'no line passes the filters (escape)' : 'no lines yet';
  return [cutRow([span(text, { tone: 'quiet' })], columns)];
}
