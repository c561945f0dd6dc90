import { expect, test } from 'vitest';
import { matchEntries, paletteEntries } from './entries.ts';
import { fuzzyScore } from './fuzzy.ts';

const SERVICES = [{ name: 'web' }, { name: 'api' }];
const found = (typed: string) =>
  matchEntries(paletteEntries(SERVICES, { selected: 'web', screen: 'overview' }), typed).map(({ label }) => label);

test.each([
  ['logs web', 'web: show logs'],
  ['rebuild api', 'api: rebuild'],
  ['api reb', 'api: rebuild'],
  ['rebuild', 'web: rebuild'],
  ['shl api', 'api: open a shell in a container'],
  ['leave', 'leave; everything keeps running'],
  ['not well', 'go to the next service that is not well'],
])('%j finds %j first', (typed, first) => {
  expect(found(typed)[0]).toBe(first);
});

test('what does not fit is not offered', () => {
  expect(found('xyzzy')).toEqual([]);
  expect(fuzzyScore('web: rebuild', 'web zz')).toBeUndefined();
});

test('nothing typed offers all, the selected service first', () => {
  expect(found('')[0]).toBe('web: show details');
  expect(found('').length).toBeGreaterThan(30);
});
