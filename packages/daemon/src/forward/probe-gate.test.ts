import { expect, test } from 'vitest';
import { type Attempt, ProbeGate } from './probe-gate.ts';

const never = new AbortController().signal;

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('open, it lets everybody through', async () => {
  const gate = new ProbeGate();
  expect(gate.isOpen).toBe(true);
  await Promise.all([gate.pass(never), gate.pass(never), gate.pass(never)]);
});

test('closed, one at a time, and all as soon as one was taken', async () => {
  const gate = new ProbeGate();
  gate.close();
  const passed: Attempt[] = [];
  const all = Array.from({ length: 5 }, () => gate.pass(never).then((attempt) => passed.push(attempt)));
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

test('one that is stuck holds up none for long', async () => {
  const gate = new ProbeGate();
  gate.close();
  await gate.pass(never);
  (await gate.pass(never)).taken();
  expect(gate.isOpen).toBe(true);
});

test('one that gives up makes room for the next, also while it waits to try', async () => {
  const gate = new ProbeGate();
  (await gate.pass(never)).refused();
  const leaving = new AbortController();
  const left = gate.pass(leaving.signal);
  const next = gate.pass(never);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  using _attempt = await next;
});
