import { crc32 } from 'node:zlib';
import type { StampedLines } from '../log-store/log-writer.ts';
import { eachLine, linesPiece } from './stamped-splitter.ts';

/**
 * A line is told by this from all others near it: its stamp, of nanoseconds, and the checksum of all of it. The sum alone
 * would not do: of the many lines that are compared after a rotation, some have the same.
 */
export type LineKey = string;

/** No stamp is longer. */
const STAMP_BYTES = 35;

/** @param line with its stamp and its line feed */
export function lineKey(line: Buffer): LineKey {
  return `${line.toString('latin1', 0, STAMP_BYTES)}:${line.length}:${crc32(line)}`;
}

/**
 * Where a log is opened again, lines that are stored come again. Their time stamps do not tell which: two streams of a
 * container are stamped apart, so that a later line may have an earlier stamp, and many lines may have the same. A log
 * is only ever appended to, so those that are stored come in the order in which they were stored; from them the new
 * ones are told by content.
 */
export class LineOverlap {
  readonly #places = new Map<LineKey, number[]>();
  readonly #count: number;
  readonly #newestMs: number;
  #at = 0;
  #isOver: boolean;
  #hasMet = false;

  /**
   * @param stored keys of the lines that may come again, in their order
   * @param newestMs time of the newest of them
   */
  constructor(stored: readonly LineKey[], newestMs: number) {
    stored.forEach((key, place) => {
      const places = this.#places.get(key);
      if (places === undefined) this.#places.set(key, [place]);
      else places.push(place);
    });
    this.#count = stored.length;
    this.#newestMs = newestMs;
    this.#isOver = stored.length === 0;
  }

  /** Whether a line that was stored has come again. */
  get hasMet(): boolean {
    return this.#hasMet;
  }

  /** Of lines that come, those that are not stored; undefined where all are. */
  take(lines: StampedLines): StampedLines | undefined {
    if (this.#isOver) return lines;
    const fresh: Buffer[] = [];
    let isContinued = false;
    let isFirst = true;
    for (const line of eachLine(lines.payload)) {
      if (this.#isOver || !this.#isStored(lineKey(line))) {
        if (isFirst) isContinued = lines.isContinued;
        fresh.push(line);
      }
      isFirst = false;
    }
    const last = fresh.at(-1);
    if (last === undefined) return undefined;
    const payload = Buffer.concat(fresh);
    const { isCut } = lines;
    const taken = linesPiece(payload, {
      lastAt: payload.length - last.length,
      lines: fresh.length,
      isCut,
      isContinued,
    });
    if (taken.firstMs > this.#newestMs + OUT_OF_ORDER_MS) this.#end();
    return taken;
  }

  #isStored(key: LineKey): boolean {
    const place = this.#places.get(key)?.find((candidate) => candidate >= this.#at);
    if (place === undefined) return false;
    this.#hasMet = true;
    this.#at = place + 1;
    if (this.#at === this.#count) this.#end();
    return true;
  }

  #end(): void {
    this.#isOver = true;
    this.#places.clear();
  }
}

/** How much earlier than a line before it a line of the same container may be stamped. */
export const OUT_OF_ORDER_MS = 1000;
