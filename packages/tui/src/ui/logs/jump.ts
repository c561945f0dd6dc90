import { comparePositions, type LogEntry, type LogPosition } from './log-entry.ts';
import { wants } from './log-query.ts';
import type { LogSelection } from './log-selection.ts';
import type { LogStore } from './log-store.ts';
import { type LogJump, type LogsState, shownQuery } from './logs-state.ts';
import { END, type LogsView } from './logs-view.ts';
import { lowerBound } from './merged-list.ts';
import { shownAt } from './motion.ts';

/** Where in the body a line comes that was not on the screen, as a part of its rows. */
const MIDDLE = 1 / 2;
/** What a container said before it ended is above the mark. */
const LOW = 3 / 4;

/**
 * The cursor on the match that the state's jump asks for. Where it is not known yet which that is, the state stays as
 * it is, to be tried again when more lines have been searched.
 */
export function jumped(state: LogsState, store: LogStore, view: LogsView): LogsState {
  const { jump, search } = state;
  if (jump === undefined) return state;
  const { matches } = view;
  if (search === undefined || matches === undefined) return { ...state, jump: undefined };
  const from = state.cursor?.at;
  const found = jump === 'nearest' ? nearest(matches, from ?? END) : neighbour(matches, jump, from);
  if (found === undefined && !matches.isDone) return state;
  const arrived = { ...state, jump: undefined };
  if (found === undefined) return arrived;
  return shownAt(arrived, store, view, found, Math.floor(view.bodyRows * MIDDLE));
}

/** The cursor on the crash before or after it; the same state where there is none. */
export function atCrash(state: LogsState, store: LogStore, view: LogsView, way: 'next' | 'previous'): LogsState {
  const query = shownQuery(state);
  const at = state.cursor?.at ?? END;
  const isBeyond = (entry: LogEntry) => {
    const order = comparePositions(entry, at);
    return (way === 'next' ? order > 0 : order < 0) && wants(query, entry, store.reader);
  };
  const crash = way === 'next' ? store.crashes.find(isBeyond) : store.crashes.findLast(isBeyond);
  return crash === undefined ? state : shownAt(state, store, view, crash, Math.floor(view.bodyRows * LOW));
}

/** The first match from there on, else the last one before. Undefined as well where it is not known yet. */
function nearest(matches: LogSelection, from: LogPosition): LogEntry | undefined {
  const { entries } = matches;
  const index = lowerBound(entries, from);
  const below = entries[index];
  if (below !== undefined && matches.covers(below)) return below;
  const above = entries[index - 1];
  const isNoneBelow = matches.isDone || from === END;
  return isNoneBelow && above !== undefined && matches.covers(above) ? above : undefined;
}

/** The match after or before; beyond the last one, the first. From the newest line, both ways lead to the newest. */
function neighbour(
  matches: LogSelection,
  way: Exclude<LogJump, 'nearest'>,
  from: LogPosition | undefined,
): LogEntry | undefined {
  const { entries } = matches;
  if (from === undefined) return nearest(matches, END);
  const index = lowerBound(entries, from);
  const isOnMatch = entries[index]?.id === from.id;
  const found = way === 'next' ? entries[isOnMatch ? index + 1 : index] : entries[index - 1];
  if (found !== undefined && matches.covers(found)) return found;
  return matches.isDone ? (way === 'next' ? entries[0] : entries.at(-1)) : undefined;
}
