import { comparePositions, type LogEntry, type LogPosition } from './log-entry.ts';

/** Lines in the merged order. Adding costs what is added, and a move of what comes after it. */
export class MergedList {
  readonly #entries: LogEntry[] = [];

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Adds entries that are in order among themselves and are not in the list. */
  insert(batch: readonly LogEntry[]): void {
    const list = this.#entries;
    const before = list.length;
    for (const entry of batch) list.push(entry);
    const [first] = batch;
    if (first === undefined || placeFromEnd(list, before, first) === before) return;
    let unmoved = before;
    for (let next = batch.length - 1; next >= 0; next -= 1) {
      const entry = batch[next] as LogEntry;
      const place = placeFromEnd(list, unmoved, entry);
      while (unmoved > place) {
        unmoved -= 1;
        list[unmoved + next + 1] = list[unmoved] as LogEntry;
      }
      list[place + next] = entry;
    }
  }

  /** Index of the first entry at or after the position. */
  indexOf(position: LogPosition): number {
    return lowerBound(this.#entries, position);
  }

  /** Keeps, of the entries before the index, only those that `keeps` says. */
  retain(keeps: (entry: LogEntry) => boolean, end: number = this.#entries.length): void {
    retainBefore(this.#entries, end, keeps);
  }
}

/** Keeps, of the entries before the index, only those that `keeps` says; in place, as there may be very many behind. */
export function retainBefore(entries: LogEntry[], end: number, keeps: (entry: LogEntry) => boolean): void {
  let kept = end;
  for (let index = end - 1; index >= 0; index -= 1) {
    const entry = entries[index] as LogEntry;
    if (!keeps(entry)) continue;
    kept -= 1;
    entries[kept] = entry;
  }
  entries.splice(0, kept);
}

/** Index of the first entry at or after the position. */
export function lowerBound(
  entries: readonly LogEntry[],
  position: LogPosition,
  from = 0,
  to: number = entries.length,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePositions(entries[middle] as LogEntry, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As `lowerBound` within the first `end` entries, quick where the place is near the end: most lines come in order. */
function placeFromEnd(entries: readonly LogEntry[], end: number, position: LogPosition): number {
  let step = 1;
  let high = end;
  while (high > 0) {
    const low = Math.max(0, high - step);
    if (comparePositions(entries[low] as LogEntry, position) < 0) return lowerBound(entries, position, low + 1, high);
    high = low;
    step *= 2;
  }
  return 0;
}
