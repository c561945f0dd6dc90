import type { LogEntry } from './log-entry.ts';

/** A line of which at least a row is on the screen. */
export interface ShownEntry {
  readonly entry: LogEntry;
  /** Among the lines that may be shown. */
  readonly index: number;
  /** Row of the body where its first row is; negative where that is above the body. */
  readonly top: number;
  readonly height: number;
}

/** What the body of the screen shows. */
export interface LogWindow {
  readonly shown: readonly ShownEntry[];
  /** Whether the first row of the first line is on the screen. */
  readonly isAtTop: boolean;
  /** Whether the last row of the last line is on the screen. */
  readonly isAtEnd: boolean;
}

/**
 * The lines around one that is wanted at a row, as near to that as leaves no row of the body empty. Costs what is
 * shown, however many lines there are.
 *
 * @param index of the line that is wanted at `row`; out of range where there are no lines
 * @param row of the body for its first row; may be outside of the body
 */
export function windowAround(
  entries: readonly LogEntry[],
  index: number,
  row: number,
  rows: number,
  heightOf: (entry: LogEntry) => number,
): LogWindow {
  const anchor = entries[index];
  if (anchor === undefined || rows <= 0) return { shown: [], isAtTop: true, isAtEnd: true };
  let first = index;
  let top = row;
  const fillAbove = () => {
    while (top > 0 && first > 0) {
      first -= 1;
      top -= heightOf(entries[first] as LogEntry);
    }
    top = Math.min(top, 0);
  };
  fillAbove();
  let bottom = top;
  for (let next = first; next < entries.length && bottom < rows; next += 1)
    bottom += heightOf(entries[next] as LogEntry);
  if (bottom < rows) {
    top += rows - bottom;
    fillAbove();
  }

  const shown: ShownEntry[] = [];
  let at = top;
  for (let next = first; next < entries.length && at < rows; next += 1) {
    const entry = entries[next] as LogEntry;
    const height = heightOf(entry);
    if (at + height > 0) shown.push({ entry, index: next, top: at, height });
    at += height;
  }
  const last = shown.at(-1);
  return {
    shown,
    isAtTop: shown[0]?.index === 0 && shown[0].top === 0,
    isAtEnd: last !== undefined && last.index === entries.length - 1 && last.top + last.height <= rows,
  };
}
