import { comparePositions } from './log-entry.ts';
import type { LogSelection } from './log-selection.ts';
import type { LogStore } from './log-store.ts';
import type { LogsState } from './logs-state.ts';
import { matchesOf } from './logs-view.ts';
import { lowerBound } from './merged-list.ts';

export interface SearchCount {
  /** Which of the matches the cursor is on, from 1; undefined where it is on none. */
  readonly at: number | undefined;
  /** Lines that match, as far as is known. */
  readonly of: number;
  /** Whether all lines have been searched. */
  readonly isDone: boolean;
}

/** How many lines match the search; undefined where nothing is searched. */
export function logsSearchCount(state: LogsState, store: LogStore): SearchCount | undefined {
  const matches = matchesOf(state, store);
  return matches === undefined ? undefined : searchCount(state, matches);
}

export function searchCount(state: LogsState, { entries, isDone }: LogSelection): SearchCount {
  const { cursor } = state;
  if (cursor === undefined) return { at: undefined, of: entries.length, isDone };
  const index = lowerBound(entries, cursor.at);
  const entry = entries[index];
  const isOnMatch = entry !== undefined && comparePositions(entry, cursor.at) === 0;
  return { at: isOnMatch ? index + 1 : undefined, of: entries.length, isDone };
}
