import type { Size } from '../paint/row.ts';
import { EntryLayout } from './entry-layout.ts';
import type { LogEntry, LogPosition } from './log-entry.ts';
import { type LogLabels, labelsOf } from './log-labels.ts';
import type { LogSelection } from './log-selection.ts';
import type { LogStore } from './log-store.ts';
import { clockTime, fullTime } from './log-time.ts';
import { type LogWindow, windowAround } from './log-window.ts';
import { type LogsState, searchQuery, shownQuery, type TimestampStyle } from './logs-state.ts';
import { lowerBound } from './merged-list.ts';
import { selectionOf } from './selections.ts';

/** After all lines. */
export const END: LogPosition = { time: Number.POSITIVE_INFINITY, id: 0 };

/** Narrower frames show the text alone. */
const NARROWEST_FRAME = 12;
/** Cells for the text below which the time is left out. */
const LEAST_TEXT = 12;

/** What stands before the text of each row. */
export interface LogMargin {
  /** Whether there is a column for the cursor and one for the source. */
  readonly hasMarks: boolean;
  readonly labels: LogLabels;
  /** The time of a line; undefined: no column for it. */
  readonly time: ((entry: LogEntry) => string) | undefined;
  /** Cells that all of it takes. */
  readonly width: number;
}

/** A state and a store brought together in a frame: what reducing and painting have in common. */
export interface LogsView {
  readonly selection: LogSelection;
  /** Lines that match the search; undefined where there is none. */
  readonly matches: LogSelection | undefined;
  /** Where the cursor is, or would be. */
  readonly cursor: { readonly index: number; readonly row: number };
  readonly bodyRows: number;
  readonly margin: LogMargin;
  readonly layout: EntryLayout;
  readonly window: LogWindow;
}

/** Costs what is visible, and a first step where a filter or search is new. */
export function viewOf(state: LogsState, store: LogStore, size: Size): LogsView {
  const selection = shownSelection(state, store);
  const margin = marginOf(state, store, size.columns);
  const bodyRows = Math.max(0, size.rows - (state.asking === undefined ? 1 : 2));
  const { wrap, json, expanded, shift } = state;
  const columns = Math.max(1, size.columns - margin.width);
  const layout = new EntryLayout(store.reader, { columns, wrap, json, expanded, shift });
  const heightOf = (entry: LogEntry) => layout.height(entry);
  const cursor = cursorOf(state, selection.entries, bodyRows, heightOf);
  const window = windowAround(selection.entries, cursor.index, cursor.row, bodyRows, heightOf);
  return { selection, matches: matchesOf(state, store), cursor, bodyRows, margin, layout, window };
}

/** The lines that the state shows. */
export function shownSelection(state: LogsState, store: LogStore): LogSelection {
  return selectionOf(store, shownQuery(state), state.cursor?.at ?? END);
}

/** The shown lines that match the search; undefined where nothing is searched. */
export function matchesOf(state: LogsState, store: LogStore): LogSelection | undefined {
  const query = searchQuery(state);
  return query === undefined ? undefined : selectionOf(store, query, state.cursor?.at ?? END);
}

function cursorOf(
  state: LogsState,
  entries: readonly LogEntry[],
  rows: number,
  heightOf: (entry: LogEntry) => number,
): LogsView['cursor'] {
  const end = entries.length - 1;
  if (state.cursor !== undefined) {
    return { index: Math.min(lowerBound(entries, state.cursor.at), end), row: state.cursor.row };
  }
  const last = entries[end];
  return { index: end, row: last === undefined ? 0 : rows - heightOf(last) };
}

function marginOf(state: LogsState, store: LogStore, columns: number): LogMargin {
  if (columns < NARROWEST_FRAME) {
    return { hasMarks: false, labels: { width: 0, of: () => '' }, time: undefined, width: 0 };
  }
  const labels = labelsOf(store, state.service, columns);
  // cursor, label, mark of the source, blank
  const width = 1 + labels.width + 2;
  const { width: timeWidth, of } = TIMES[state.timestamps];
  if (timeWidth === 0 || columns - width - timeWidth - 1 < LEAST_TEXT) {
    return { hasMarks: true, labels, time: undefined, width };
  }
  return { hasMarks: true, labels, time: ({ told }) => of(told), width: width + timeWidth + 1 };
}

const TIMES: Readonly<
  Record<TimestampStyle, { readonly width: number; readonly of: (microseconds: number) => string }>
> = {
  off: { width: 0, of: () => '' },
  clock: { width: 12, of: clockTime },
  full: { width: 24, of: fullTime },
};
