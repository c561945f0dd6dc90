import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Burst, CEILING_MS, QUIET_MS } from './burst.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function listen() {
  const told: string[] = [];
  const burst = new Burst({ began: () => told.push('began'), settled: (events) => told.push(`settled ${events}`) });
  return { told, burst, event: () => burst.event(Date.now()) };
}

test('events that come close are one burst', () => {
  const { told, burst, event } = listen();
  event();
  expect(told).toEqual(['began']);
  vi.advanceTimersByTime(QUIET_MS - 1);
  event();
  vi.advanceTimersByTime(QUIET_MS - 1);
  expect(burst.bursting).toBe(true);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['began', 'settled 2']);
  expect(burst.bursting).toBe(false);
  event();
  vi.advanceTimersByTime(QUIET_MS);
  expect(told.slice(2)).toEqual(['began', 'settled 1']);
});

test('a writer that never rests cannot keep a burst open', () => {
  const { told, event } = listen();
  const until = Date.now() + CEILING_MS;
  while (Date.now() < until) {
    event();
    vi.advanceTimersByTime(10);
  }
  expect(told).toEqual(['began', `settled ${CEILING_MS / 10}`]);
});

test('a burst that is stopped is forgotten', () => {
  const { told, burst, event } = listen();
  event();
  event();
  burst.stop();
  vi.advanceTimersByTime(CEILING_MS);
  event();
  vi.advanceTimersByTime(QUIET_MS);
  expect(told).toEqual(['began', 'began', 'settled 1']);
});
