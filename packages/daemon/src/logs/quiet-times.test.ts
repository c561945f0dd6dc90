import { expect, test } from 'vitest';
import { FOLLOW_TIMES, QuietTimes } from './quiet-times.ts';

/** Times of a log that has told `bytes` in each of so many seconds, and a clock that is moved by hand. */
function afterFlow({ seconds, bytes }: { seconds: number; bytes: number }) {
  const clock = { now: 0 };
  const times = new QuietTimes(FOLLOW_TIMES, () => clock.now);
  times.begin();
  for (let second = 0; second < seconds; second++) {
    clock.now += 1000;
    times.heard(bytes);
  }
  return { clock, times };
}

test.each([
  ['a file of little, and a silence in which as much may have been written', { seconds: 2, bytes: 1000 }, 1500, true],
  ['a file that is longer', { seconds: 60, bytes: 1000 }, 5000, false],
  ['the same after a long silence', { seconds: 60, bytes: 1000 }, 40_000, true],
  ['a file that is far longer than one that may be rotated', { seconds: 600, bytes: 10_000 }, 40_000, true],
  ['no silence at all', { seconds: 1, bytes: 1000 }, 100, false],
  ['nothing that could have been left out', { seconds: 0, bytes: 0 }, 60_000, false],
])('lines may have been left out: %s', (_, flow, silentMs, may) => {
  const { times } = afterFlow(flow);
  expect(times.mayHaveSkipped(silentMs)).toBe(may);
});

test('a silence that was confirmed is none', () => {
  const { clock, times } = afterFlow({ seconds: 2, bytes: 1000 });
  clock.now += 10_000;
  times.confirmed();
  clock.now += 200;
  expect(times.mayHaveSkipped(10_200)).toBe(false);
  clock.now += 10_000;
  expect(times.mayHaveSkipped(20_200)).toBe(true);
});

test('a log is asked whether it was rotated at most so often, and at once for the first time', () => {
  const { clock, times } = afterFlow({ seconds: 60, bytes: 10 });
  expect(times.isJudgementDue).toBe(true);
  times.judged(true);
  clock.now += FOLLOW_TIMES.judgeMs - 1;
  expect(times.isJudgementDue).toBe(false);
  clock.now += 1;
  expect(times.isJudgementDue).toBe(true);
});

test('while nobody listens, silence means nothing', () => {
  const { clock, times } = afterFlow({ seconds: 2, bytes: 1000 });
  times.pause();
  clock.now += 10_000;
  expect(times.dueMs).toBe(Number.POSITIVE_INFINITY);
  times.listen();
  clock.now += 100;
  expect(times.dueMs).toBeGreaterThan(1000);
});

test('who listens again after a long time asks as soon as ever', () => {
  const { clock, times } = afterFlow({ seconds: 2, bytes: 1000 });
  times.pause();
  expect(times.lookMs).toBe(FOLLOW_TIMES.quietMs);
  clock.now += 10_000;
  expect(times.lookMs).toBe(FOLLOW_TIMES.quietMs);
  times.listen();
  expect(times.lookMs).toBe(times.dueMs);
  clock.now += 100_000;
  expect(times.lookMs).toBeGreaterThan(0); // and is not asked without a pause
});

test('a log is asked soon where it spoke often, later where it seldom did, and less and less often', () => {
  const { clock, times } = afterFlow({ seconds: 60, bytes: 10 });
  const waits: number[] = [];
  for (let time = 0; time < 10; time++) {
    waits.push(Math.round(times.dueMs / 1000));
    clock.now += times.dueMs;
    times.asked();
    times.confirmed();
  }
  expect(waits[0]).toBe(4); // it has spoken once a second
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits.at(-1)).toBe(300);
});

test('a log is asked for its rotation when as much was told as its shortest file has, and at most so often', () => {
  const { clock, times } = afterFlow({ seconds: 10, bytes: 50_000 });
  expect([times.mayHaveRotated, times.isRotationDue]).toEqual([false, false]);
  times.heard(50_000);
  expect([times.mayHaveRotated, times.isRotationDue]).toEqual([true, true]);
  times.judged(false);
  expect([times.mayHaveRotated, times.isRotationDue]).toEqual([false, false]);
  times.heard(600_000);
  expect([times.mayHaveRotated, times.isRotationDue]).toEqual([true, false]);
  clock.now += FOLLOW_TIMES.rotationMs;
  expect(times.isRotationDue).toBe(true);
  expect(times.isJudgementDue).toBe(true);
});
