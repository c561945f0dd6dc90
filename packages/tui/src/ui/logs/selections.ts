import type { LogPosition } from './log-entry.ts';
import { type LogQuery, queryKey, wantsAll } from './log-query.ts';
import { FilteredSelection, type LogSelection, WholeSelection } from './log-selection.ts';
import type { LogStore } from './log-store.ts';

/** How many selections of a store are kept: what is shown, its search, and those of before the user types. */
const KEPT = 4;

const kept = new WeakMap<LogStore, Map<string, FilteredSelection>>();

/**
 * The selection of a query, begun at the first call and kept for the next ones. A new one has made its first step.
 *
 * @param from where a new one begins
 */
export function selectionOf(store: LogStore, query: LogQuery, from: LogPosition): LogSelection {
  if (wantsAll(query)) return new WholeSelection(store);
  const selections = kept.get(store) ?? new Map<string, FilteredSelection>();
  kept.set(store, selections);
  const key = queryKey(query);
  const known = selections.get(key);
  if (known?.isGivenUp) store.unlisten(known);
  const selection = known === undefined || known.isGivenUp ? begin(store, query, from) : known;
  // the ones used last stay
  selections.delete(key);
  selections.set(key, selection);
  for (const [oldest, unused] of selections) {
    if (selections.size <= KEPT) break;
    selections.delete(oldest);
    store.unlisten(unused);
  }
  return selection;
}

function begin(store: LogStore, query: LogQuery, from: LogPosition): FilteredSelection {
  const selection = new FilteredSelection(store, query, from);
  store.listen(selection);
  selection.advance();
  return selection;
}
