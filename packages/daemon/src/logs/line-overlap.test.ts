import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StampedLines } from '../log-store/log-writer.ts';
import { LineOverlap, lineKey, OUT_OF_ORDER_MS } from './line-overlap.ts';
import { StampedSplitter } from './stamped-splitter.ts';

interface Line {
  /** Milliseconds after the first possible one. */
  readonly ms: number;
  readonly text: string;
}

const BEGIN = Date.UTC(2026, 0, 1);

/** Few texts and times, so that many lines are alike; times go back by up to a second, as those of two streams may. */
const lines = fc
  .array(fc.record({ jitter: fc.integer({ min: 0, max: 9 }), text: fc.constantFrom('', 'a', 'b') }), { maxLength: 60 })
  .map((drawn) => drawn.map(({ jitter, text }, index): Line => ({ ms: (index >> 2) * 100 + jitter * 100, text })));

function bytesOf({ ms, text }: Line): Buffer {
  return Buffer.from(`${new Date(BEGIN + ms).toISOString()} ${text}\n`);
}

/** Reads a stream, `size` lines at a time, as the log of a container that has stored `stored` already. */
function freshOf(stored: readonly Line[], stream: readonly Line[], size: number): string[] {
  const newest = Math.max(...stored.map(({ ms }) => BEGIN + ms));
  const overlap = new LineOverlap({ keys: stored.map((line) => lineKey(bytesOf(line))), newestMs: newest });
  const fresh: string[] = [];
  for (let at = 0; at < stream.length; at += size) {
    const bytes = Buffer.concat(stream.slice(at, at + size).map(bytesOf));
    for (const piece of new StampedSplitter().push(bytes)) {
      const taken = overlap.take(piece as StampedLines & typeof piece);
      if (taken !== undefined) fresh.push(...taken.payload.toString().slice(0, -1).split('\n'));
    }
  }
  return fresh;
}

const texts = (of: readonly Line[]) => of.map((line) => bytesOf(line).toString().slice(0, -1));

describe('a log that is opened again', () => {
  test('every line once and in order, wherever it broke off and from wherever it is asked for again', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 7 }), (log, breakAt, back, size) => {
        const stored = log.slice(0, breakAt % (log.length + 1));
        const newestMs = Math.max(...stored.map(({ ms }) => ms));
        // the API answers with all lines from a whole second on, wherever in the log they are
        const since = Math.floor((newestMs - OUT_OF_ORDER_MS) / 1000) * 1000 - (back % 3) * 1000;
        const again = log.filter(({ ms }) => ms >= since);
        expect(freshOf(stored, again, size)).toEqual(texts(log.slice(stored.length)));
      }),
      { numRuns: 2000 },
    );
  });

  test('a log whose beginning was rotated away: what is left comes once', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(40), (count, storedCount, cut) => {
        const log = Array.from({ length: count }, (_, index) => ({ ms: index * 50, text: `${index}` }));
        const stored = log.slice(0, storedCount);
        const left = log.slice(Math.min(cut, storedCount));
        fc.pre(stored.length > 0);
        expect(freshOf(stored, left, 3)).toEqual(texts(log.slice(storedCount)));
      }),
    );
  });

  test('lines of one length and one checksum are told apart', () => {
    // two of one CRC-32, found by trying
    const [stored, other] = [52_076, 61_433].map(
      (ms): Line => ({ ms, text: createHash('sha1').update(`${ms}`).digest('hex') }),
    ) as [Line, Line];
    expect(crc32(bytesOf(stored))).toBe(crc32(bytesOf(other)));
    expect(freshOf([stored, { ms: 400_000, text: 'newest' }], [other], 1)).toEqual(texts([other]));
  });

  test('whether the last stored line has come again, however often it is stored', () => {
    const keys = [0, 0, 5].map((ms) => lineKey(bytesOf({ ms, text: 'a' })));
    const overlap = new LineOverlap({ keys: keys.toReversed(), newestMs: BEGIN, lastKey: keys[0] });
    const take = (ms: number) => {
      const [piece] = new StampedSplitter().push(bytesOf({ ms, text: 'a' }));
      return overlap.take(piece as StampedLines & typeof piece);
    };
    expect([take(5), take(0), overlap.hasMetLast]).toEqual([undefined, undefined, false]);
    expect([take(0), overlap.hasMetLast]).toEqual([undefined, true]);
  });

  test('lines that were stored in another order than the log has them come once', () => {
    const inOrder = fc.uniqueArray(fc.integer({ min: 0, max: 900 }), { maxLength: 30 });
    fc.assert(
      fc.property(inOrder, fc.nat(), (numbers, count) => {
        const log = numbers.toSorted((a, b) => a - b).map((ms): Line => ({ ms, text: '' }));
        const stored = numbers.slice(0, count % (numbers.length + 1)).map((ms): Line => ({ ms, text: '' }));
        fc.pre(stored.length > 0);
        expect(freshOf(stored, log, 3)).toEqual(texts(log.filter(({ ms }) => !stored.some((line) => line.ms === ms))));
      }),
    );
  });

  test('lines that were stored, and dropped since, are passed over', () => {
    const log = Array.from({ length: 10 }, (_, ms): Line => ({ ms, text: `${ms}` }));
    const overlap = new LineOverlap({
      keys: log.slice(4, 6).map((line) => lineKey(bytesOf(line))),
      newestMs: BEGIN + 5,
      knownToMs: BEGIN + 3,
    });
    const [piece] = new StampedSplitter().push(Buffer.concat(log.map(bytesOf)));
    const taken = overlap.take(piece as StampedLines & typeof piece);
    expect(taken?.payload.toString()).toBe(Buffer.concat(log.slice(6).map(bytesOf)).toString());
  });
});
