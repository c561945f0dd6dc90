import { expect, test } from 'vitest';
import { longestUnservedMs, type ProbeOutcome } from './pod-prober.ts';

/** Rounds of 20 ms; each is how long the answers of the pods take, undefined: none after 1 ms. */
function outcomes(...rounds: readonly (readonly (number | undefined)[])[]): ProbeOutcome[] {
  return rounds.flatMap((tooks, round) =>
    tooks.map((took) => {
      const startedAt = 1000 + round * 20;
      return { round, startedAt, endedAt: startedAt + (took ?? 1), answered: took !== undefined };
    }),
  );
}

const none = [undefined];
const usual = [2];

test('nothing is unserved where every round is answered as usual', () => {
  expect(longestUnservedMs(outcomes(usual, usual, usual))).toBe(0);
});

test('from the first round without an answer to the first answer, less what is usual', () => {
  expect(longestUnservedMs(outcomes(usual, usual, usual, usual, none, none, none, usual, usual))).toBe(60);
});

test('the longest of several', () => {
  const served = [usual, usual, usual];
  expect(longestUnservedMs(outcomes(...served, none, ...served, none, none, ...served))).toBe(40);
});

test('one pod that answers is enough', () => {
  expect(longestUnservedMs(outcomes([2, undefined], [undefined, 2], [2, 2]))).toBe(0);
});

test('an answer that comes late counts from its question, unless a later question is answered before it', () => {
  expect(longestUnservedMs(outcomes(usual, usual, usual, [50]))).toBe(48);
  expect(longestUnservedMs(outcomes(usual, usual, usual, [50], usual))).toBe(20);
});

test('rounds at the end whose answers are still to come say nothing', () => {
  expect(longestUnservedMs(outcomes(usual, usual, usual, none))).toBe(0);
});

test('a prober that has no answers any more has not seen the end', () => {
  const lost = Array.from({ length: 52 }, () => none);
  expect(() => longestUnservedMs(outcomes(usual, usual, ...lost))).toThrow('1040 ms without an answer');
  expect(longestUnservedMs(outcomes(usual, usual, ...lost.slice(2)))).toBe(0);
});

test('a prober without any answer has measured nothing', () => {
  expect(() => longestUnservedMs(outcomes(none, none))).toThrow('no answer');
});
