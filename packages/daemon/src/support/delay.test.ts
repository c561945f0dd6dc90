import { expect, test } from 'vitest';
import { Backoff, delay, repeat } from './delay.ts';

const never = new AbortController().signal;

test('waits, and rejects with the reason of an abort', async () => {
  await delay(1, never);
  const reason = new Error('enough');
  await expect(delay(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const waiting = delay(60_000, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('a backoff doubles up to its most, and starts over', async () => {
  const backoff = new Backoff(4, 10);
  const took = async () => {
    const startedAt = performance.now();
    await backoff.wait(never);
    return performance.now() - startedAt;
  };
  const waits = [await took(), await took(), await took()];
  for (const [index, least] of [4, 8, 10].entries()) expect(waits[index]).toBeGreaterThan(least - 2);
  backoff.reset();
  const controller = new AbortController();
  const long = new Backoff(60_000, 60_000).wait(controller.signal);
  controller.abort(new Error('enough'));
  await expect(long).rejects.toBe(controller.signal.reason);
});

test('work is repeated until it is aborted, and one at a time', async () => {
  const controller = new AbortController();
  let times = 0;
  let running = 0;
  const work = async () => {
    running += 1;
    expect(running).toBe(1);
    await delay(1, never);
    running -= 1;
    times += 1;
    if (times === 3) controller.abort(new Error('enough'));
  };
  await repeat(work, () => 1, controller.signal);
  expect(times).toBe(3);
});
