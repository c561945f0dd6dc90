import { expect, onTestFinished, test } from 'vitest';
import { Bell } from './bell.ts';
import { followChanges } from './follow-changes.ts';
import { TaskSet } from './task-set.ts';

function follow(drained: () => Promise<void> = async () => undefined) {
  const bell = new Bell();
  const looked = new Bell();
  let looks = 0;
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const tasks = new TaskSet((error) => {
    throw error;
  });
  const look = () => {
    looks += 1;
    looked.ring();
    return true;
  };
  tasks.add(followChanges(bell, look, { drained, togetherMs: 5, signal: controller.signal }));
  const looksAre = (n: number) => looked.until(() => (looks === n ? true : undefined), AbortSignal.timeout(5000));
  return { bell, looksAre, looks: () => looks, end: () => controller.abort(), ended: () => tasks.ended() };
}

test('looks at once, then once for all that changed together, and ends without an error', async () => {
  const { bell, looksAre, looks, end, ended } = follow();
  await looksAre(1);
  for (let ring = 0; ring < 10; ring += 1) bell.ring();
  await looksAre(2);
  end();
  await ended();
  expect(looks()).toBe(2);
});

test('looks no further before the last was taken, then at the newest', async () => {
  const taken = Promise.withResolvers<void>();
  const { bell, looksAre, looks } = follow(() => taken.promise);
  bell.ring();
  bell.ring();
  expect(looks()).toBe(1);
  taken.resolve();
  await looksAre(2);
});
