import { expect, test } from 'vitest';
import { WaitingLine } from './waiting-line.ts';

const never = new AbortController().signal;

test('who has waited longest is first, whenever it came to the line', async () => {
  const line = new WaitingLine<string>();
  const [late, early, middle] = [line.wait(3, never), line.wait(1, never), line.wait(2, never)];
  expect(line.length).toBe(3);
  for (const value of ['first', 'second', 'third']) expect(line.serve(value)).toBe(true);
  expect(line.serve('nobody’s')).toBe(false);
  expect(await Promise.all([early, middle, late])).toEqual(['first', 'second', 'third']);
});

test('of two who began together the one who came first', async () => {
  const line = new WaitingLine<number>();
  const both = [line.wait(1, never), line.wait(1, never)];
  line.serve(1);
  line.serve(2);
  expect(await Promise.all(both)).toEqual([1, 2]);
});

test('who gives up leaves the line, and one who is failed is told why', async () => {
  const line = new WaitingLine<string>();
  const leaving = new AbortController();
  const left = line.wait(1, leaving.signal);
  const failed = line.wait(2, never);
  const served = line.wait(3, never);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  line.fail(new Error('no more'));
  line.serve('something');
  await expect(failed).rejects.toThrow('no more');
  expect(await served).toBe('something');
  await expect(line.wait(1, leaving.signal)).rejects.toThrow('gone');
});
