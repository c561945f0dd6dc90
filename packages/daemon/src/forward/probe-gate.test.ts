import { expect, test } from 'vitest';
import { type Attempt, ProbeGate } from './probe-gate.ts';

const never = new AbortController().signal;

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('open, it lets everybody through', async () => {
  const gate = new ProbeGate();
  expect(gate.isOpen).toBe(true);
  await Promise.all([gate.pass(0, never), gate.pass(0, never), gate.pass(0, never)]);
});

test('closed, one at a time, and all as soon as one was taken', async () => {
  const gate = new ProbeGate();
  gate.close();
  const passed: Attempt[] = [];
  const all = Array.from({ length: 5 }, () => gate.pass(0, never).then((attempt) => passed.push(attempt)));
  await settle();
  expect(passed.length).toBe(1);
  passed[0]?.refused();
  await Promise.race(all.slice(1));
  expect(passed.length).toBe(2);
  expect(gate.isOpen).toBe(false);
  passed[0]?.[Symbol.dispose](); // is not the one that tries now
  await settle();
  expect(passed.length).toBe(2);
  passed[1]?.taken();
  await Promise.all(all);
  expect(gate.isOpen).toBe(true);
});

test('those that waited follow a few at a time, who has waited longest first, and others after them', async () => {
  const gate = new ProbeGate();
  gate.close();
  const passed: number[] = [];
  const attempts: Attempt[] = [];
  const pass = (since: number) =>
    gate.pass(since, never).then((attempt) => {
      passed.push(since);
      attempts.push(attempt);
    });
  const all = [0, ...Array.from({ length: 20 }, (_, index) => 20 - index)].map(pass);
  await settle();
  expect(passed).toEqual([0]);
  attempts[0]?.taken();
  await settle();
  expect(passed).toEqual([0, 1, 2, 3, 4]);
  all.push(pass(21)); // the last to come
  attempts[1]?.taken();
  attempts[1]?.[Symbol.dispose]();
  await settle();
  expect(passed).toEqual([0, 1, 2, 3, 4, 5]);
  attempts[2]?.refused();
  for (const attempt of attempts.slice(3)) attempt[Symbol.dispose]();
  while (passed.length < 7) await settle();
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6]); // it is closed again
  attempts[6]?.taken();
  await Promise.all(all);
  expect(passed.at(-1)).toBe(21);
});

test('who has waited longest tries again first, also when it has just been refused', async () => {
  const gate = new ProbeGate();
  gate.close();
  const first = await gate.pass(1, never);
  const tried: number[] = [];
  const pass = (since: number) => gate.pass(since, never).then(() => tried.push(since));
  const later = pass(2);
  first.refused();
  const again = pass(1);
  await Promise.race([later, again]);
  expect(tried).toEqual([1]);
});

test('who waits for the next try gets it also where the gate is closed meanwhile', async () => {
  const gate = new ProbeGate();
  (await gate.pass(0, never)).refused();
  const waiting = gate.pass(0, never);
  gate.close();
  using _attempt = await waiting;
});

test('one that is stuck holds up none for long', async () => {
  const gate = new ProbeGate();
  gate.close();
  await gate.pass(0, never);
  (await gate.pass(0, never)).taken();
  expect(gate.isOpen).toBe(true);
});

test('one that gives up makes room for the next, also while it waits to try', async () => {
  const gate = new ProbeGate();
  (await gate.pass(0, never)).refused();
  const leaving = new AbortController();
  const left = gate.pass(0, leaving.signal);
  const next = gate.pass(0, never);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  using _attempt = await next;
});
