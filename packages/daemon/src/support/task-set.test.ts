import { expect, test } from 'vitest';
import { TaskSet } from './task-set.ts';

test('has ended when all have, those added meanwhile included, and tells of errors', async () => {
  const errors: unknown[] = [];
  const tasks = new TaskSet((error) => errors.push(error));
  await tasks.ended();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let done = false;
  tasks.add(first.promise.then(() => tasks.add(second.promise)));
  const ended = tasks.ended().then(() => {
    done = true;
  });
  first.resolve();
  await first.promise;
  await Promise.resolve();
  expect(done).toBe(false);
  const error = new Error('bad');
  second.reject(error);
  await ended;
  expect(errors).toEqual([error]);
});
