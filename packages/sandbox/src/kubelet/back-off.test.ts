import { expect, test } from 'vitest';
import { BackOff, goDuration } from './back-off.ts';

test('a key that has not been held back goes on at once; then each delay is twice the one before', () => {
  const backOff = new BackOff(10_000, 300_000);
  const delays: number[] = [];
  let now = 0;
  for (let run = 0; run < 8; run++) {
    const held = backOff.heldBackMs('web', now, now);
    delays.push(held);
    backOff.next('web', now, now + held);
    now += held;
  }
  expect(delays).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  expect(backOff.heldBackMs('other', now, now)).toBe(0);
});

test('the time since the end counts, and after a long rest all begins anew', () => {
  const backOff = new BackOff(10_000, 300_000);
  backOff.next('web', 0, 0);
  expect(backOff.heldBackMs('web', 5000, 11_000)).toBe(4000);
  expect(backOff.heldBackMs('web', 5000, 15_000)).toBe(0);
  expect(backOff.heldBackMs('web', 600_001, 600_001)).toBe(0);
  backOff.next('web', 600_001, 600_001);
  expect(backOff.delayMs('web')).toBe(10_000);
});

test('what is forgotten is so by the beginning of its key', () => {
  const backOff = new BackOff(10_000, 300_000);
  for (const key of ['a_1', 'a_2', 'b_1']) backOff.next(key, 0, 0);
  backOff.forget('a_');
  expect(['a_1', 'a_2', 'b_1'].map((key) => backOff.delayMs(key))).toEqual([0, 0, 10_000]);
});

test.each([
  [10_000, '10s'],
  [80_000, '1m20s'],
  [300_000, '5m0s'],
])('%i ms are %s', (ms, text) => expect(goDuration(ms)).toBe(text));
