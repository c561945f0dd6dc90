import { expect, test } from 'vitest';
import { EventLog } from './event-log.ts';

const never = new AbortController().signal;
const pruned = (n: number) => ({ type: 'images-pruned' as const, images: [String(n)] });

test('numbers events without gaps and tells them to those who listen', () => {
  const log = new EventLog();
  const heard: number[] = [];
  const stop = log.listen(({ seq }) => heard.push(seq));
  log.dispatch(pruned(1));
  log.dispatch(pruned(2));
  stop();
  log.dispatch(pruned(3));
  expect(heard).toEqual([1, 2]);
  expect(log.seq).toBe(3);
});

test('hands out what came after a number, and says how many it no longer has', () => {
  const log = new EventLog();
  expect(log.after(0)).toEqual({ events: [], missed: 0 });
  for (let n = 1; n <= 10_000; n += 1) log.dispatch(pruned(n));
  expect(log.after(9_998)).toMatchObject({ events: [{ seq: 9_999 }, { seq: 10_000 }], missed: 0 });
  expect(log.after(10_000)).toEqual({ events: [], missed: 0 });
  const all = log.after(0);
  expect(all.events.length).toBeGreaterThanOrEqual(5000);
  expect(all.missed + all.events.length).toBe(10_000);
  expect(all.events[0]?.seq).toBe(all.missed + 1);
});

test('waits until the state answers', async () => {
  const log = new EventLog();
  const waiting = log.until((state) => (state.project === '' ? undefined : state.project), never);
  log.dispatch({ type: 'config-loaded', project: 'shop', services: [], added: [], removed: [], changed: [] });
  expect(log.state.project).toBe('shop');
  expect(await waiting).toBe('shop');
});
