import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Piece, StampedSplitter } from './stamped-splitter.ts';
import { ToldAnew, ToldLines } from './told-lines.ts';

const BEGIN = Date.UTC(2026, 0, 1);

/** A stamp of nanoseconds, as few digits as it needs: as kubelets write them. */
function line(us: number, text = `at ${us}`): Buffer {
  const at = new Date(BEGIN + Math.floor(us / 1000)).toISOString().slice(0, -1);
  const fraction = `${String(us % 1000).padStart(3, '0')}001`;
  return Buffer.from(`${at}${fraction}Z ${text}\n`);
}

function taken(lines: readonly Buffer[], size: number, told = new ToldLines(false)): string {
  const splitter = new StampedSplitter();
  let text = '';
  for (let at = 0; at < lines.length; at += size) {
    for (const piece of splitter.push(Buffer.concat(lines.slice(at, at + size)))) {
      const fresh = told.take(piece as Piece & { is: 'lines' });
      text += fresh?.payload.toString() ?? '';
    }
  }
  return text;
}

test('what a stream tells two or three times of the file that it is in, however it comes, comes once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.record({ at: fc.nat(59), back: fc.integer({ min: 1, max: 60 }) }), { maxLength: 3 }),
      fc.integer({ min: 1, max: 20 }),
      (count, again, size) => {
        const log = Array.from({ length: count }, (_, index) => line(index * 700));
        const stream = log.flatMap((each, index) => [
          each,
          ...again
            .filter(({ at }) => at === index)
            .flatMap(({ back }) => log.slice(Math.max(0, index + 1 - back), index + 1)),
        ]);
        expect(taken(stream, size)).toBe(Buffer.concat(log).toString());
      },
    ),
    { numRuns: 1000 },
  );
});

test('lines that two writers have stamped a little out of order are all taken', () => {
  const log = [5, 3, 4, 9, 8, 8].map((us, index) => line(us, `${index}`));
  for (const size of [1, 2, 6]) expect(taken(log, size)).toBe(Buffer.concat(log).toString());
});

test('lines that are the same, of the same millisecond, are all taken where that is all that their stamps tell', () => {
  const same = Buffer.from('2026-01-01T00:00:00.5Z .\n');
  expect(taken([same, same, same], 1)).toBe(same.toString().repeat(3));
});

test('a stream that begins further back than is remembered is given up', () => {
  const log = Array.from({ length: 4000 }, (_, index) => line(index * 1000, 'x'.repeat(60)));
  const told = new ToldLines(false);
  expect(taken(log, 100, told)).toBe(Buffer.concat(log).toString());
  expect(() => taken(log.slice(0, 10), 1, told)).toThrow(ToldAnew);
});

test('where a clock may have been set back, all lines are taken', () => {
  const log = [100_000_000, 5_000_000, 6_000_000].map((us) => line(us));
  expect(taken(log, 1, new ToldLines(true))).toBe(Buffer.concat(log).toString());
});
