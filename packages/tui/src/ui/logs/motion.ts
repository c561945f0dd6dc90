import { type LogPosition, TOP } from './log-entry.ts';
import type { LogStore } from './log-store.ts';
import type { ShownEntry } from './log-window.ts';
import { windowAround } from './log-window.ts';
import type { LogsState } from './logs-state.ts';
import type { LogsView } from './logs-view.ts';

/** The newest line is followed. */
export function following(state: LogsState): LogsState {
  return { ...state, cursor: undefined, seen: undefined, jump: undefined };
}

/** The cursor is on the line at a place, at a row of the body; what comes from now on is new. */
export function paused(state: LogsState, store: LogStore, at: LogPosition, row: number): LogsState {
  const last = store.entries.at(-1);
  const seen = state.seen ?? (last === undefined ? TOP : placeOf(last));
  return { ...state, cursor: { at: placeOf(at), row }, seen, jump: undefined };
}

/** The cursor is on the line where it would be when following. */
export function pausedHere(state: LogsState, store: LogStore, view: LogsView): LogsState {
  if (state.cursor !== undefined) return state;
  const entry = view.selection.entries[view.cursor.index];
  return entry === undefined ? state : paused(state, store, entry, view.cursor.row);
}

export function atTop(state: LogsState, store: LogStore): LogsState {
  return paused(state, store, TOP, 0);
}

/** The cursor a line further down or up; below the last one, the newest is followed. */
export function stepped(state: LogsState, store: LogStore, view: LogsView, by: 1 | -1): LogsState {
  const { entries } = view.selection;
  const current = shownAtCursor(view);
  if (current === undefined) return state;
  const next = entries[current.index + by];
  if (next === undefined) return by > 0 ? following(state) : paused(state, store, current.entry, current.top);
  const height = view.layout.height(next);
  const row = by > 0 ? current.top + current.height : current.top - height;
  // as near as it was asked for, but on the screen
  return paused(state, store, next, Math.max(0, Math.min(row, view.bodyRows - height)));
}

/**
 * Other rows on the screen: down for positive numbers. The cursor stays on its line while that is on the screen. At
 * the end, the newest line is followed.
 */
export function scrolled(state: LogsState, store: LogStore, view: LogsView, by: number): LogsState {
  const moved = windowMoved(view, by);
  if (by > 0 && moved.isAtEnd) return following(state);
  if (by < 0 && state.cursor === undefined && view.window.isAtTop) return pausedHere(state, store, view);
  const same = moved.shown.find(({ index }) => index === view.cursor.index);
  const kept = same ?? (by > 0 ? moved.shown[0] : moved.shown.at(-1));
  return kept === undefined ? state : paused(state, store, kept.entry, kept.top);
}

/** A page, or a part of it, down or up; the cursor goes along, and to the end of what there is. */
export function paged(state: LogsState, store: LogStore, view: LogsView, by: number): LogsState {
  const current = shownAtCursor(view);
  if (current === undefined) return state;
  if (by > 0 && view.window.isAtEnd) {
    const last = view.window.shown.at(-1);
    if (last === undefined || last.index === current.index) return following(state);
    return paused(state, store, last.entry, last.top);
  }
  const moved = windowMoved(view, by);
  const row = view.window.isAtTop && by < 0 ? 0 : Math.max(0, current.top);
  const target = moved.shown.findLast(({ top }) => top <= row) ?? moved.shown[0];
  return target === undefined ? state : paused(state, store, target.entry, target.top);
}

/** The cursor on the line that is shown at a row of the screen. */
export function clicked(state: LogsState, store: LogStore, view: LogsView, screenRow: number): LogsState {
  const row = screenRow - 1;
  const target = view.window.shown.find(({ top, height }) => top <= row && row < top + height);
  return target === undefined ? state : paused(state, store, target.entry, target.top);
}

/** The cursor on a line that may be elsewhere: it stays where it is when it is on the screen, else comes to `row`. */
export function shownAt(state: LogsState, store: LogStore, view: LogsView, at: LogPosition, row: number): LogsState {
  const known = view.window.shown.find(
    ({ entry, top, height }) => entry.id === at.id && top >= 0 && top + height <= view.bodyRows,
  );
  return paused(state, store, at, known?.top ?? row);
}

function windowMoved(view: LogsView, by: number): LogsView['window'] {
  const { shown } = view.window;
  const [first] = shown;
  if (first === undefined) return view.window;
  const heightOf = view.layout.height.bind(view.layout);
  return windowAround(view.selection.entries, first.index, first.top - by, view.bodyRows, heightOf);
}

function shownAtCursor(view: LogsView): ShownEntry | undefined {
  return view.window.shown.find(({ index }) => index === view.cursor.index) ?? view.window.shown[0];
}

function placeOf({ time, id }: LogPosition): LogPosition {
  return { time, id };
}
