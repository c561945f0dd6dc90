import { expect, test } from 'vitest';
import { Succession } from './succession.ts';

test('of one key one after the other, though the one before fails; of others at once', async () => {
  const succession = new Succession();
  const begun: string[] = [];
  const first = Promise.withResolvers<void>();
  const other = Promise.withResolvers<void>();
  const works = [
    succession.run('a', () => {
      begun.push('first of a');
      return first.promise;
    }),
    succession.run('a', async () => void begun.push('second of a')),
    succession.run('b', async () => {
      begun.push('first of b');
      other.resolve();
    }),
  ];
  await other.promise;
  expect(begun).toEqual(['first of a', 'first of b']);
  first.reject(new Error('it failed'));
  await expect(works[0]).rejects.toThrow('it failed');
  await works[1];
  expect(begun).toEqual(['first of a', 'first of b', 'second of a']);
});
