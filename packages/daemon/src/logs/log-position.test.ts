import { expect, test } from 'vitest';
import { LogPosition } from './log-position.ts';

const at = (n: number) => `2026-01-01T00:00:00.${String(n).padStart(9, '0')}Z`;

test('what comes again after the log was opened again is passed over', () => {
  const position = new LogPosition();
  expect(position.since).toBeUndefined();
  position.reopen();
  expect(position.take([`${at(1)} a`, `${at(2)} b`, `${at(2)} b`])).toEqual([
    [at(1), 'a'],
    [at(2), 'b'],
    [at(2), 'b'],
  ]);
  expect(position.since).toBe(at(2));
  position.reopen();
  const again = position.take([`${at(1)} a`, `${at(2)} b`, `${at(2)} b`, `${at(2)} b`, `${at(3)} c`]);
  expect(again).toEqual([
    [at(2), 'b'],
    [at(3), 'c'],
  ]);
});

test('a line may be empty, and the rest of one that was too long has the stamp of its beginning', () => {
  const position = new LogPosition();
  expect(position.take([`${at(1)} `, `${at(2)} long`, 'and on'])).toEqual([
    [at(1), ''],
    [at(2), 'long'],
    [at(2), 'and on'],
  ]);
});
