import { expect, test } from 'vitest';
import { podObject } from './live-objects.fake.ts';
import { untilOutlived } from './unproven.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
const now = Date.parse(at(30));

function pod(startedAt: string, lastState: object | undefined, probe: object = {}) {
  return podObject('web', {
    state: { running: { startedAt } },
    ...(lastState && { lastState }),
    spec: { containers: [{ name: 'main', image: 'web:1', ...probe }] },
  });
}

const failed = (from: number, to: number, exitCode = 3) => {
  return { terminated: { exitCode, startedAt: at(from), finishedAt: at(to) } };
};

test.each([
  ['one that never failed', pod(at(29), undefined), 0],
  ['one that was started again a second ago after a run of none', pod(at(29), failed(20, 20)), 1000],
  ['one that was started again after a run of nine seconds', pod(at(25), failed(10, 19)), 6000],
  ['one that has run longer than the run that failed', pod(at(15), failed(10, 19)), 0],
  ['one whose failed run was long', pod(at(29), failed(-3600, 20)), 59_000],
  ['one of a node whose clock is an hour ahead', pod(at(3630), failed(3620, 3629)), 11_000],
  ['one that ended well before', pod(at(29), failed(20, 20, 0)), 0],
  ['one that a probe speaks for', pod(at(29), failed(20, 20), { readinessProbe: {} }), 0],
])('%s', (_what, restarted, expected) => {
  expect(untilOutlived(restarted, now)).toBe(expected);
});
