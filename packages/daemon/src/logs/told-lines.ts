import type { StampedLines } from '../log-store/log-writer.ts';
import { OUT_OF_ORDER_MS } from './line-overlap.ts';
import { eachLine, linesPiece, type Piece } from './stamped-splitter.ts';

/** What is remembered of a stream: more than a file of a log has that was begun just now, and no older than so. */
const MOST_BYTES = 128 * 1024;
const MOST_MS = 10_000;
const [LINE_FEED, LETTER_Z] = [0x0a, 0x5a];
/** Where a stamp of nanoseconds ends that lacks none of its digits. */
const STAMP_DIGITS_END = 29;
/** Seconds and their fraction. */
const STAMP = /^(.{19})(?:\.(\d+))?/;
/** No two lines have the same stamp that is finer than this many digits. */
const COARSE_DIGITS = 6;

type Lines = Piece & { readonly is: 'lines' };

/** A stream begins further back than is remembered of it: what of that is stored must be looked up. */
export class ToldAnew extends Error {}

/**
 * What a stream has told last, so that what it tells again is known. The kubelet begins the file of a log anew when anything
 * but a write happens to the one that it had open: where that is rotated away, and removed by the next rotation or because it
 * was compressed, it tells the beginning of the file after it two or three times.
 */
export class ToldLines {
  readonly #isTolerant: boolean;
  #told: Pick<StampedLines, 'payload' | 'lastMs'>[] = [];
  #bytes = 0;
  /** The last line that was not told again. */
  #last: Buffer | undefined;
  #isAgain = false;

  /** @param isTolerant whether stamps may go back by more than those of two writers do, as where the clock was set back */
  constructor(isTolerant: boolean) {
    this.#isTolerant = isTolerant;
  }

  /**
   * Of lines that come, those that were not told before; undefined where all were.
   *
   * @throws ToldAnew
   */
  take(lines: Lines): Lines | undefined {
    const fresh: Buffer[] = [];
    let isContinued = false;
    let at = 0;
    for (const line of eachLine(lines.payload)) {
      if (!this.#isToldAgain(line, fresh)) {
        if (at === 0) isContinued = lines.isContinued;
        fresh.push(line);
      }
      at += line.length;
    }
    const last = fresh.at(-1);
    if (last === undefined) return undefined;
    const { isCut } = lines;
    const isAll = fresh.reduce((sum, { length }) => sum + length, 0) === lines.payload.length;
    const payload = isAll ? lines.payload : Buffer.concat(fresh);
    const shape = { lastAt: payload.length - last.length, lines: fresh.length - (isCut ? 1 : 0), isCut, isContinued };
    const taken = isAll ? lines : linesPiece(payload, shape);
    this.#remember(taken);
    return taken;
  }

  /** @param before the lines that came with it, and are not remembered yet */
  #isToldAgain(line: Buffer, before: readonly Buffer[]): boolean {
    const last = this.#last;
    this.#isAgain = last !== undefined && !isClearlyLater(line, last) && this.#comesAgain(line, last, before);
    if (!this.#isAgain) this.#last = line;
    return this.#isAgain;
  }

  #comesAgain(line: Buffer, last: Buffer, before: readonly Buffer[]): boolean {
    const { stamp, isFine } = sortableStamp(line);
    const { stamp: lastStamp } = sortableStamp(last);
    const isSameTime = stamp === lastStamp && (this.#isAgain || isFine);
    if (!isSameTime && stamp >= lastStamp) return false;
    if (before.some((other) => other.equals(line)) || this.#has(line)) return true;
    const isFarBack = Date.parse(`${lastStamp}Z`) - Date.parse(`${stamp}Z`) > OUT_OF_ORDER_MS;
    if (isFarBack && !this.#isTolerant) throw new ToldAnew('its stream told the log anew');
    return false;
  }

  #has(line: Buffer): boolean {
    return this.#told.some(({ payload }) => {
      const at = payload.indexOf(line);
      return at === 0 || (at > 0 && payload[at - 1] === LINE_FEED);
    });
  }

  #remember({ payload, lastMs }: Lines): void {
    this.#told.push({ payload, lastMs });
    this.#bytes += payload.length;
    for (let first = this.#told[0]; first !== undefined && this.#told.length > 1; first = this.#told[0]) {
      if (this.#bytes - first.payload.length < MOST_BYTES && lastMs - first.lastMs < MOST_MS) break;
      this.#told.shift();
      this.#bytes -= first.payload.length;
    }
  }
}

/** Whether that is so at a glance, as of nearly all lines: both stamps have all nine digits. */
function isClearlyLater(line: Buffer, than: Buffer): boolean {
  const areFull = line[STAMP_DIGITS_END] === LETTER_Z && than[STAMP_DIGITS_END] === LETTER_Z;
  return areFull && line.compare(than, 0, STAMP_DIGITS_END, 0, STAMP_DIGITS_END) > 0;
}

/** The stamp of a line as text that sorts, and whether it is too fine for two lines to have the same. */
function sortableStamp(line: Buffer): { stamp: string; isFine: boolean } {
  const [, seconds = '', fraction = ''] = STAMP.exec(line.toString('latin1', 0, 35)) ?? [];
  return { stamp: `${seconds}.${fraction.padEnd(9, '0')}`, isFine: fraction.replace(/0+$/, '').length > COARSE_DIGITS };
}
