import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePositions, LogOrigin } from './log-entry.ts';
import { MergedList } from './merged-list.ts';

const origin = new LogOrigin('web', '', '');
const entry = (id: number, time: number) => origin.add(id, 'run', time, time, '');

test('is in order whatever batches come', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 50 }))), (batches) => {
      const list = new MergedList();
      let id = 0;
      for (const times of batches) {
        list.insert(times.map((time) => entry(++id, time)).sort(comparePositions));
      }
      const sorted = [...list.entries].sort(comparePositions);
      expect(list.entries).toEqual(sorted);
      expect(new Set(list.entries.map((each) => each.id)).size).toBe(batches.flat().length);
    }),
  );
});

test('finds a place whether or not its line is there', () => {
  const list = new MergedList();
  list.insert([entry(1, 10), entry(2, 20), entry(3, 20), entry(4, 30)]);
  expect(list.indexOf({ time: 20, id: 3 })).toBe(2);
  expect(list.indexOf({ time: 25, id: 0 })).toBe(3);
  expect(list.indexOf({ time: 99, id: 0 })).toBe(4);
});
