import { plainText } from '../../wording/plain-text.ts';
import type { LogStore } from './log-store.ts';
import type { LogsState } from './logs-state.ts';
import { END, shownSelection } from './logs-view.ts';
import { lowerBound } from './merged-list.ts';

/**
 * The line of the cursor, or the newest when following, whole and without what acts on a terminal. Undefined where
 * nothing is shown.
 */
export function logsCopyText(state: LogsState, store: LogStore): string | undefined {
  const { entries } = shownSelection(state, store);
  const index = lowerBound(entries, state.cursor?.at ?? END);
  const entry = entries[Math.min(index, entries.length - 1)];
  return entry === undefined ? undefined : plainText(entry.text);
}
