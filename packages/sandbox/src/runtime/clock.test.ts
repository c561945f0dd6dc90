import { expect, test } from 'vitest';
import { NanoClock } from './clock.ts';

const MS = 1_000_000n;

/** Two clocks that go on and apart as they are told to. */
function clocks() {
  const time = { day: 1_700_000_000_000, steady: 5 };
  const clock = new NanoClock(
    () => Math.floor(time.day),
    () => time.steady,
  );
  clock.now();
  return { time, clock };
}

test('tells fractions of the milliseconds of the time of day', () => {
  const { time, clock } = clocks();
  time.day += 10.5;
  time.steady += 10.5;
  expect(clock.now()).toBe(BigInt(time.day - 0.5) * MS + 500_000n);
});

test.each([
  ['after a sleep, in which the steady clock stood still', 8 * 3_600_000],
  ['where the process was late to ask for the one and not for the other', 30],
])('tells the time of day %s', (_when, ms) => {
  const { time, clock } = clocks();
  time.day += ms;
  expect(clock.now()).toBe(BigInt(time.day) * MS);
});

test('tells what comes later as later, whatever the clocks say', () => {
  const { time, clock } = clocks();
  const first = clock.now();
  const second = clock.now();
  time.day -= 1000;
  const third = clock.now();
  expect([second > first, third > second]).toEqual([true, true]);
});
