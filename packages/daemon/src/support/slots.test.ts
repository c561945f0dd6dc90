import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

test('never more than the limit at once, and everybody has a turn', async () => {
  const work = fc.array(fc.record({ rank: fc.nat(3), fails: fc.boolean() }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), work, async (limit, all) => {
      const slots = new Slots(limit);
      let running = 0;
      let most = 0;
      const ends = all.map(({ rank, fails }) =>
        slots.run(rank, never, async () => {
          running += 1;
          most = Math.max(most, running);
          await Promise.resolve();
          running -= 1;
          if (fails) throw new Error('failed');
        }),
      );
      const outcomes = await Promise.allSettled(ends);
      expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(all.map(({ fails }) => fails));
      expect(most).toBe(Math.min(limit, all.length));
      expect(slots.full).toBe(false);
    }),
  );
});

test('the smallest rank first, and in order of arrival', async () => {
  const slots = new Slots(1);
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const holding = slots.run(0, never, () => first.promise);
  const names: [string, number][] = [
    ['c', 2],
    ['a', 1],
    ['d', 2],
    ['b', 1],
  ];
  const rest = names.map(([name, rank]) => slots.run(rank, never, async () => void order.push(name)));
  first.resolve();
  await Promise.all([holding, ...rest]);
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});

test('who gives up waiting leaves the queue', async () => {
  const slots = new Slots(1);
  const first = Promise.withResolvers<void>();
  const holding = slots.run(0, never, () => first.promise);
  const controller = new AbortController();
  const left = slots.run(0, controller.signal, async () => 'never');
  const next = slots.run(1, never, async () => 'next');
  controller.abort(new Error('enough'));
  await expect(left).rejects.toBe(controller.signal.reason);
  first.resolve();
  await holding;
  expect(await next).toBe('next');
  await expect(slots.run(0, controller.signal, async () => 'never')).rejects.toBe(controller.signal.reason);
});
