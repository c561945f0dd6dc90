import { describe, expect, test } from 'vitest';
import { formatAge, formatAgo, formatDuration, formatLasting } from './duration.ts';
import { holdText } from './hold-text.ts';
import { passDuration, passParts } from './pass-timing.ts';
import { plainText } from './plain-text.ts';

describe('plainText', () => {
  test.each([
    ['\u001b[31mred\u001b[0m and \u001b[1mbold\u001b[22m', 'red and bold'],
    ['\u001b]8;;http://evil\u0007link\u001b]8;;\u0007', 'link'],
    ['\u001b[2J\u001b[Hcleared', 'cleared'],
    ['10 %\r50 %\r100 %', '100 %'],
    ['windows line\r', 'windows line'],
    ['a\tb\u0007\u0000', 'a  b'],
    ['grün 🟢 \u009b31m', 'grün 🟢 '.trimEnd()],
  ])('%j becomes %j', (foreign, plain) => expect(plainText(foreign).trimEnd()).toBe(plain));
});

test('durations and ages', () => {
  expect([-5, 0, 480, 9994, 12_340, 125_000].map(formatDuration)).toEqual([
    '0.00 s',
    '0.00 s',
    '0.48 s',
    '9.99 s',
    '12.3 s',
    '2 min 5 s',
  ]);
  expect([0, 12_500, 200_000, 7_300_000, 400_000_000].map(formatAge)).toEqual(['now', '12 s', '3 min', '2 h', '4 d']);
  expect([0, 12_500].map(formatAgo)).toEqual(['now', '12 s ago']);
  expect([0, 12_500].map(formatLasting)).toEqual(['0 s', '12 s']);
});

describe('where the time of a pass went', () => {
  const times = { noticedAt: 1000, startedAt: 1055, endedAt: 1600 };

  test('every part that took something, in its order', () => {
    const all = {
      ...times,
      settledAt: 1050,
      hashedAt: 1058,
      contextAt: 1070,
      builtAt: 1250,
      appliedAt: 1280,
      containerStartedAt: 1490,
      readyAt: 1550,
    };
    expect(passParts(all, 'swap')).toBe(
      'detect 0.06, context 0.01, build 0.18, apply 0.03, start 0.21, ready 0.06 · swap',
    );
    expect(passDuration(all)).toBe(550);
  });

  test('by a registry, what the push and the pull took', () => {
    const all = { ...times, builtAt: 1250, pushedAt: 1450, appliedAt: 1480, pulledAt: 1780, containerStartedAt: 1900 };
    expect(passParts({ ...all, readyAt: 1950 }, 'swap')).toBe(
      'detect 0.06, build 0.20, push 0.20, apply 0.03, pull 0.30, start 0.12, ready 0.05 · swap',
    );
  });

  test('parts that were not needed', () => {
    expect(passParts({ ...times, startedAt: 1001, builtAt: 1002 }, 'none')).toBe('nothing to roll out');
    expect(passParts({ ...times, startedAt: 1001, readyAt: 1500 }, 'rolling')).toBe('ready 0.50 · rolling');
    expect(passDuration(times)).toBe(600);
  });
});

test('every hold in words', () => {
  expect(
    [
      holdText({ reason: 'waiting-for-cluster', detail: 'connecting' }),
      holdText({ reason: 'waiting-for-config', detail: 'devloop.yaml has problems' }),
      holdText({ reason: 'waiting-for-dependency', on: ['api'] }),
      holdText({ reason: 'waiting-for-dependency', on: ['api', 'db'] }),
      holdText({ reason: 'waiting-for-image', on: ['base'] }),
      holdText({ reason: 'waiting-for-build-slot' }),
      holdText({ reason: 'waiting-for-turn', before: 0 }),
      holdText({ reason: 'waiting-for-turn', before: 9 }),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "waits for the cluster: connecting
    waits for the configuration: devloop.yaml has problems
    waits until api is live
    waits until api, db are live
    waits for the image of base
    waits for its turn to build
    waits for its turn to start
    waits for its turn to start, 9 before it"
  `);
});
