import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Instants, instant } from './instant.ts';

/** Two clocks that go on and apart as they are told to. */
function clocks() {
  const time = { day: 1_000_000, steady: 5 };
  const instants = new Instants(
    () => Math.floor(time.day),
    () => time.steady,
  );
  return { time, instants };
}

test('tells fractions of the milliseconds of the time of day', () => {
  const { time, instants } = clocks();
  time.day += 10.75;
  time.steady += 10.75;
  expect(instants.now()).toBe(1_000_010.75);
});

test('tells the time of day after a sleep, in which the steady clock stood still', () => {
  const { time, instants } = clocks();
  time.day += 8 * 3_600_000;
  time.steady += 1;
  expect(instants.now()).toBe(1_000_000 + 8 * 3_600_000);
});

test('goes on where the time of day is set back', () => {
  const { time, instants } = clocks();
  time.day -= 60_000;
  time.steady += 2;
  expect(instants.now()).toBe(1_000_002);
});

test('never goes backwards, and is never behind the time of day', () => {
  const step = fc.record({ day: fc.double({ min: -1e4, max: 1e6, noNaN: true }), steady: fc.nat(1000) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { time, instants } = clocks();
      let before = instants.now();
      for (const { day, steady } of steps) {
        time.day += day;
        time.steady += steady;
        const now = instants.now();
        expect(now).toBeGreaterThanOrEqual(before);
        expect(now).toBeGreaterThanOrEqual(Math.floor(time.day) - 1e-6);
        before = now;
      }
    }),
  );
});

test("is of this machine's time of day", () => {
  const before = Date.now();
  const now = instant();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(Math.floor(now)).toBeLessThanOrEqual(Date.now() + 1);
});
