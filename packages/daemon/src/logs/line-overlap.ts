import { crc32 } from 'node:zlib';
import type { StampedLines } from '../log-store/log-writer.ts';
import { eachLine, linesPiece, timeAt } from './stamped-splitter.ts';

/**
 * A line is told by this from all others near it: its stamp, of nanoseconds, and the checksum of all of it. The sum alone
 * would not do: of the many lines that are compared after a rotation, some have the same.
 */
export type LineKey = string;

/** No stamp is longer. */
const STAMP_BYTES = 35;

/** @param line with its stamp and its line feed */
export function lineKey(line: Buffer): LineKey {
  return `${beginOf(line)}:${line.length}:${crc32(line)}`;
}

/** As much of a line as has its stamp. */
function beginOf(line: Buffer): string {
  return line.toString('latin1', 0, STAMP_BYTES);
}

/** @param begin of a line, or its key */
function stampIn(begin: string): string | undefined {
  return begin.slice(0, STAMP_BYTES).split(' ', 1)[0];
}

/** What is stored of the lines that may come again. */
export interface StoredKeys {
  readonly keys: readonly LineKey[];
  /** Time of the newest of them, ms since the epoch. */
  readonly newestMs: number;
  /** What is not newer than this was stored, and may have been dropped since: its key may be missing. */
  readonly knownToMs?: number;
  /** That of the run's last line, which comes again before anything new does. */
  readonly lastKey?: LineKey | undefined;
  /** Time of that: what is not newer and comes before it was left out by the stream that told it. Undefined: nothing was. */
  readonly lastMs?: number | undefined;
}

/** Lines that come too late to be stored in their order. Times of the first and of the last, ms since the epoch. */
export interface LateLines {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Where a log is opened again, lines that are stored come again. Their time stamps do not tell which: two streams of a
 * container are stamped apart, so that a later line may have an earlier stamp, and many lines may have the same. From
 * those that are stored the new ones are told by content, each as often as it is stored. Not by order: a line that a
 * stream has left out comes before those that were stored instead of it. Such a line is too late.
 */
export class LineOverlap {
  /** How often each may still come. */
  readonly #counts = new Map<LineKey, number>();
  readonly #newestMs: number;
  readonly #knownToMs: number;
  readonly #lastKey: LineKey | undefined;
  readonly #lastMs: number;
  readonly #lastStamp: string | undefined;
  #left: number;
  #isOver: boolean;
  #hasMetLast = false;
  #late: LateLines | undefined;

  constructor({ keys, newestMs, knownToMs = Number.NEGATIVE_INFINITY, lastKey, lastMs }: StoredKeys) {
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#left = keys.length;
    this.#newestMs = newestMs;
    this.#knownToMs = knownToMs;
    this.#lastKey = lastKey;
    this.#lastStamp = lastKey && stampIn(lastKey);
    this.#lastMs = lastMs ?? Number.NEGATIVE_INFINITY;
    this.#isOver = keys.length === 0 && knownToMs === Number.NEGATIVE_INFINITY;
  }

  /** Whether the last stored line of the run has come again. */
  get hasMetLast(): boolean {
    return this.#hasMetLast;
  }

  /** Lines that have come which a stream had left out, and that were passed over since this was asked the last time. */
  takeLate(): LateLines | undefined {
    const late = this.#late;
    this.#late = undefined;
    return late;
  }

  /** Of lines that come, those that are not stored; undefined where all are. */
  take(lines: StampedLines): StampedLines | undefined {
    if (this.#isOver) return lines;
    const fresh: Buffer[] = [];
    let isContinued = false;
    let isFirst = true;
    for (const line of eachLine(lines.payload)) {
      if (!this.#isStored(line) && !this.#isLate(line)) {
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
      lines: fresh.length - (isCut ? 1 : 0),
      isCut,
      isContinued,
    });
    if (taken.firstMs > Math.max(this.#newestMs, this.#knownToMs) + OUT_OF_ORDER_MS) this.#end();
    return taken;
  }

  #isStored(line: Buffer): boolean {
    if (this.#isOver) return false;
    const key = lineKey(line);
    const count = this.#counts.get(key);
    if (count === undefined) return timeAt(line, 0) <= this.#knownToMs;
    if (count > 1) this.#counts.set(key, count - 1);
    else {
      this.#counts.delete(key);
      this.#hasMetLast ||= key === this.#lastKey;
    }
    this.#left -= 1;
    if (this.#left === 0) this.#end();
    return true;
  }

  #isLate(line: Buffer): boolean {
    if (this.#isOver || this.#hasMetLast || this.#lastMs === Number.NEGATIVE_INFINITY) return false;
    const toMs = timeAt(line, 0);
    if (toMs > this.#lastMs || (toMs === this.#lastMs && stampIn(beginOf(line)) !== this.#lastStamp)) return false;
    this.#late = { fromMs: this.#late?.fromMs ?? toMs, toMs };
    return true;
  }

  #end(): void {
    this.#isOver = true;
    this.#counts.clear();
  }
}

/** How much earlier than a line before it a line of the same container may be stamped. */
export const OUT_OF_ORDER_MS = 1000;
