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
  const overlap = new LineOverlap(
    stored.map((line) => lineKey(bytesOf(line))),
    newest,
  );
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
    const digest = (ms: number) => createHash('sha1').update(`${ms}`).digest('hex');
    const seen = new Map<number, Line>();
    const pair = Array.from({ length: 300_000 }, (_, ms): Line => ({ ms, text: digest(ms) })).reduce<Line[]>(
      (found, line) => {
        if (found.length > 0) return found;
        const sum = crc32(bytesOf(line));
        const twin = seen.get(sum);
        seen.set(sum, line);
        return twin === undefined ? found : [twin, line];
      },
      [],
    );
    expect(pair).toHaveLength(2);
    const [stored, other] = pair as [Line, Line];
    expect(freshOf([stored, { ms: 400_000, text: 'newest' }], [other], 1)).toEqual(texts([other]));
  });

  test('whether any stored line came again', () => {
    const overlap = new LineOverlap([lineKey(bytesOf({ ms: 0, text: 'a' }))], BEGIN);
    const [other] = new StampedSplitter().push(bytesOf({ ms: 5, text: 'b' }));
    overlap.take(other as StampedLines & typeof other);
    expect(overlap.hasMet).toBe(false);
    const [same] = new StampedSplitter().push(bytesOf({ ms: 0, text: 'a' }));
    expect(overlap.take(same as StampedLines & typeof same)).toBeUndefined();
    expect(overlap.hasMet).toBe(true);
  });
});
