import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_CONFIG } from '../images/stored-image.ts';
import { type Health, healthAfter, readHealthCheck } from './health-check.ts';

const STARTING: Health = { Status: 'starting', FailingStreak: 0, Log: [] };
const result = (ExitCode: number) => ({ Start: '', End: '', ExitCode, Output: '' });

function after(codes: readonly number[], retries: number, isInStartPeriod = false): Health {
  return codes.reduce((health, code) => healthAfter(health, result(code), { retries, isInStartPeriod }), STARTING);
}

test.each([
  [[], 'starting', 0],
  [[0], 'healthy', 0],
  [[1], 'starting', 1],
  [[1, 1, 1], 'unhealthy', 3],
  [[0, 1, 1], 'healthy', 2],
  [[0, 1, 1, 1], 'unhealthy', 3],
  [[1, 1, 1, 0], 'healthy', 0],
  [[1, 0, 1, 1], 'healthy', 2],
])('after %j it is %s', (codes, Status, FailingStreak) => {
  expect(after(codes, 3)).toMatchObject({ Status, FailingStreak });
});

test('failures soon after the start do not count', () => {
  expect(after([1, 1, 1, 1], 3, true)).toMatchObject({ Status: 'starting', FailingStreak: 0 });
  expect(after([0, 1, 1, 1], 3, true)).toMatchObject({ Status: 'unhealthy' });
});

test('the last results are kept, and unhealthy means as many failures as it takes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      (codes, retries) => {
        const health = after(codes, retries);
        expect(health.Log.map(({ ExitCode }) => ExitCode)).toEqual(codes.slice(-5));
        expect(health.Status === 'unhealthy').toBe(health.FailingStreak >= retries);
      },
    ),
  );
});

test.each([
  [undefined, undefined],
  [{}, undefined],
  [{ Test: ['NONE'] }, undefined],
  [{ Test: [] }, undefined],
  [
    { Test: ['CMD', 'a', 'b'] },
    { command: ['a', 'b'], intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, retries: 3 },
  ],
  [
    { Test: ['CMD-SHELL', 'a | b'], Interval: 1e9, Timeout: 2e9, StartPeriod: 3e9, Retries: 4 },
    { command: ['/bin/sh', '-c', 'a | b'], intervalMs: 1000, timeoutMs: 2000, startPeriodMs: 3000, retries: 4 },
  ],
])('%j is read', (config, check) => {
  expect(readHealthCheck(config, EMPTY_CONFIG)).toEqual(check);
});
