import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestOfAsMany, ordinaryOf, type RolloutWaits, waitFigures } from './rollout-waits.ts';

const rollout = (addedMs: number, unservedMs: number, besideMs?: number, asManyMs = addedMs): RolloutWaits => {
  const beside = besideMs === undefined ? undefined : { waitedMs: besideMs, addedMs: asManyMs };
  return { addedMs, unservedMs, beside, ordinaryMs: [0] };
};

test('each rollout is held against its own time in which no pod served', () => {
  const figures = waitFigures([rollout(100, 100), rollout(150, 200), rollout(330, 300)], 40);
  expect(figures).toMatchObject({ rollouts: 3, added_ms: 150, unserved_ms: 200, beyond_ms: 0, worst_beyond_ms: 30 });
  expect(figures).toMatchObject({ exceeded: 1, exceeded_by_more_than_ordinary: 0, exceeded_by_more_than_beside: 0 });
});

test('a long time without a pod in one rollout excuses no wait in another', () => {
  const figures = waitFigures([rollout(0, 5000), rollout(500, 100)], 40);
  expect(figures).toMatchObject({ worst_beyond_ms: 400, exceeded: 1, exceeded_by_more_than_ordinary: 1 });
});

test('what was left alone excuses as much as was waited for it in the same rollout', () => {
  const count = (...rollouts: RolloutWaits[]) => waitFigures(rollouts, 40).exceeded_by_more_than_beside;
  expect(count(rollout(200, 100, 100))).toBe(0);
  expect(count(rollout(200, 100, 99))).toBe(1);
  expect(count(rollout(200, 100))).toBe(1);
  expect(count(rollout(200, 100, 50), rollout(0, 0, 5000))).toBe(1);
  expect(count(rollout(200, 100, 50, 140))).toBe(0);
});

test('what was waited for what was left alone is taken off, of the same rollout', () => {
  const figure = (...rollouts: RolloutWaits[]) => waitFigures(rollouts, 40).beyond_beside_ms;
  expect(figure(rollout(200, 100, 30), rollout(300, 100, 250), rollout(90, 80, 0))).toBe(10);
  expect(figure(rollout(200, 100))).toBeUndefined();
  expect(figure(rollout(200, 100, 30, 150))).toBe(20);
});

test('the longest of as many is that of every so manieth, whichever is the first of them', () => {
  expect(longestOfAsMany([9, 1, 2, 3, 4, 5], 2)).toBe(5); // of 9 and 3, of 1 and 4, of 2 and 5
  const waits = fc.array(fc.nat(1000), { minLength: 1 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 50 }), (all, count) => {
      const longest = longestOfAsMany(all, count);
      expect(longest).toBeLessThanOrEqual(Math.max(...all));
      expect(longest).toBeGreaterThanOrEqual(Math.min(...all));
      if (count >= all.length) expect(longest).toBe(Math.max(...all));
    }),
  );
});

test('ordinary is the 99th percentile of what came before the saves of all rollouts', () => {
  const ordinaryMs = Array.from({ length: 100 }, (_, index) => index);
  expect(ordinaryOf([{ ...rollout(0, 0), ordinaryMs }])).toBe(98);
  expect(ordinaryOf([rollout(0, 0), { ...rollout(0, 0), ordinaryMs: ordinaryMs.slice(1) }])).toBe(98);
});
