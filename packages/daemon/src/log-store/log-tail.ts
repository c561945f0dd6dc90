import { LOG_BEGINNING, LogCursor, type StoredEntry } from './log-cursor.ts';
import type { LogPlace } from './log-writer.ts';
import { listSegments } from './segment-files.ts';

/** Where the last lines of a log begin. */
export interface TailStart {
  readonly place: LogPlace;
  /** Lines after that place that are too many. */
  readonly skip: number;
}

/** Finds the last `lines` lines before `to`, of the entries that are wanted. Reads no more of the log than they take. */
export async function findTail(
  folder: string,
  to: LogPlace,
  lines: number,
  wants: (entry: StoredEntry) => boolean,
): Promise<TailStart> {
  if (lines === 0) return { place: to, skip: 0 };
  const numbers = (await listSegments(folder)).map(({ number }) => number).filter((number) => number <= to.segment);
  let found = 0;
  for (const number of numbers.toReversed()) {
    const end = number === to.segment ? to.offset : Number.MAX_SAFE_INTEGER;
    const blocks: { place: LogPlace; lines: number }[] = [];
    const cursor = new LogCursor(folder, { segment: number, offset: 0 });
    let place = cursor.place;
    for await (const entry of cursor.read({ segment: number, offset: end })) {
      if (entry.is !== 'dropped' && wants(entry)) blocks.push({ place, lines: entry.block.lines });
      place = cursor.place;
    }
    for (const block of blocks.toReversed()) {
      found += block.lines;
      if (found >= lines) return { place: block.place, skip: found - lines };
    }
  }
  return { place: { segment: numbers[0] ?? LOG_BEGINNING.segment, offset: 0 }, skip: 0 };
}
