import type { LogBlock } from './log-block.ts';
import type { StoredGap, StoredSource } from './log-source.ts';
import type { LogPlace } from './log-writer.ts';
import { readBlocks } from './read-blocks.ts';
import { listSegments, type SegmentFile, sizeOf } from './segment-files.ts';

/** What was stored, in the order in which it was. */
export type StoredEntry =
  | { readonly is: 'lines'; readonly source: StoredSource; readonly block: LogBlock }
  | { readonly is: 'gap'; readonly source: StoredSource; readonly block: LogBlock; readonly gap: StoredGap }
  /** Lines older than this, ms since the epoch, are not here any more: the budget did not hold them. */
  | { readonly is: 'dropped'; readonly beforeMs: number };

/** From when to when lines are wanted, ms since the epoch. */
export interface TimeRange {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export const ALL_TIMES: TimeRange = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

/** The very beginning, whatever has been dropped. */
export const LOG_BEGINNING: LogPlace = { segment: 1, offset: 0 };

/** The end of a service's log as it is on the disk now. */
export async function endOfLog(folder: string): Promise<LogPlace> {
  for (;;) {
    const last = (await listSegments(folder)).at(-1);
    if (last === undefined) return LOG_BEGINNING;
    const size = await sizeOf(last.path);
    if (size !== undefined) return { segment: last.number, offset: size }; // else it got its last name meanwhile
  }
}

/** Reads the log of one service from a place on, as far as is asked each time. */
export class LogCursor {
  readonly #folder: string;
  readonly #sources = new Map<number, StoredSource>();
  #place: LogPlace;
  /** Up to where {@link #sources} is known. */
  #knownTo = 0;

  constructor(folder: string, from: LogPlace) {
    this.#folder = folder;
    this.#place = from;
  }

  get place(): LogPlace {
    return this.#place;
  }

  /**
   * What is between this place and `to`, without what is older or newer than is wanted as a whole. A payload is valid until the
   * next entry is asked for. Who leaves the loop goes on there later.
   */
  async *read(to: LogPlace, wanted: TimeRange = ALL_TIMES): AsyncGenerator<StoredEntry> {
    while (isBefore(this.#place, to)) {
      const segments = await listSegments(this.#folder);
      const segment = segments.find(({ number }) => number >= this.#place.segment);
      if (segment === undefined || segment.number > to.segment) return;
      if (segment.number > this.#place.segment) {
        const isDropped = segment === segments[0];
        this.#go(segment.number);
        if (isDropped) yield { is: 'dropped', beforeMs: segment.range?.firstMs ?? Number.POSITIVE_INFINITY };
      }
      const isLast = segment.number === to.segment;
      if (!isLast && segment.range !== undefined && !overlaps(segment.range, wanted)) {
        this.#go(segment.number + 1);
        continue;
      }
      const isRead = yield* this.#readSegment(segment, isLast ? to.offset : Number.MAX_SAFE_INTEGER, wanted);
      if (!isRead) continue; // it got its last name meanwhile
      if (isLast) return;
      this.#go(segment.number + 1);
    }
  }

  #go(segment: number): void {
    this.#place = { segment, offset: 0 };
    this.#sources.clear();
    this.#knownTo = 0;
  }

  async *#readSegment(
    { path, number }: SegmentFile,
    to: number,
    wanted: TimeRange,
  ): AsyncGenerator<StoredEntry, boolean> {
    const from = this.#place.offset;
    try {
      // What was said before this place may be of sources that were introduced before.
      for await (const { block, end } of readBlocks(path, Math.min(this.#knownTo, from), to)) {
        if (block.kind === 'source' && end > this.#knownTo) {
          this.#sources.set(block.source, JSON.parse(block.payload.toString('utf8')) as StoredSource);
        }
        this.#knownTo = Math.max(this.#knownTo, end);
        if (end <= from) continue;
        this.#place = { segment: number, offset: end };
        const source = this.#sources.get(block.source);
        if (source === undefined || !overlaps(block, wanted)) continue;
        if (block.kind === 'lines') yield { is: 'lines', source, block };
        if (block.kind === 'gap') yield { is: 'gap', source, block, gap: JSON.parse(block.payload.toString('utf8')) };
      }
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }
}

function isBefore(a: LogPlace, b: LogPlace): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

function overlaps({ firstMs, lastMs }: { firstMs: number; lastMs: number }, { sinceMs, untilMs }: TimeRange): boolean {
  return lastMs >= sinceMs && firstMs <= untilMs;
}
