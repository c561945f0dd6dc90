import { expect, test } from 'vitest';
import { normalise } from './normalise.ts';

const managed = (...entries: readonly (readonly [manager: string, operation: string, second: number])[]) =>
  normalise(
    {
      managedFields: entries.map(([manager, operation, second]) => {
        return { manager, operation, time: `2026-01-01T00:00:0${second}Z` };
      }),
    },
    'none',
  );

test('what one server did within a second and another in two is the same', () => {
  const within = managed(['one', 'Apply', 1], ['two', 'Apply', 1], ['three', 'Update', 1]);
  expect(managed(['two', 'Apply', 1], ['one', 'Apply', 2], ['three', 'Update', 1])).toEqual(within);
});

test.each([
  ['by manager', managed(['two', 'Apply', 1], ['one', 'Apply', 1])],
  ['by time', managed(['one', 'Apply', 2], ['two', 'Apply', 1])],
  ['what was applied first', managed(['one', 'Update', 1], ['two', 'Apply', 1])],
])('an order that no API server has is not: %s', (_, answer) => {
  expect(answer).toMatchObject({ managedFields: { inOrder: false } });
});
