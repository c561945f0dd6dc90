import { expect, test } from 'vitest';
import { Bell } from './bell.ts';

const never = new AbortController().signal;

test('a ring wakes all who wait, and nobody who comes later', async () => {
  const bell = new Bell();
  const waiting = Promise.all([bell.next(never), bell.next(never)]);
  bell.ring();
  await waiting;
  const reason = new Error('enough');
  const controller = new AbortController();
  const late = bell.next(controller.signal);
  controller.abort(reason);
  await expect(late).rejects.toBe(reason);
});

test('looks now and after every ring', async () => {
  const bell = new Bell();
  let value = 0;
  expect(await bell.until(() => 'at once', never)).toBe('at once');
  const found = bell.until(() => (value > 1 ? value : undefined), never);
  for (value = 1; value < 3; value += 1) {
    bell.ring();
    await Promise.resolve();
  }
  expect(await found).toBeGreaterThan(1);
});

test('what looking throws is thrown, and so is the reason of an abort', async () => {
  const bell = new Bell();
  const error = new Error('bad');
  const fail = () => {
    throw error;
  };
  await expect(bell.until(fail, never)).rejects.toBe(error);
  await expect(bell.until(() => 'found', AbortSignal.abort(error))).rejects.toBe(error);
});

test('who was busy can tell that it has rung meanwhile', async () => {
  const bell = new Bell();
  const seen = bell.rings;
  bell.ring();
  await bell.rungSince(seen, never);
  const later = bell.rungSince(bell.rings, never);
  bell.ring();
  await later;
});
