import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { isRunning } from './running-process.ts';

test('a process runs until it ends', async () => {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  expect(isRunning(child.pid as number)).toBe(true);
  child.stdin?.end();
  await once(child, 'exit');
  expect(isRunning(child.pid as number)).toBe(false);
});

test('one that has ended and of which nobody takes note runs no more', async () => {
  // exec: the shell's child belongs to cat then, which does not know of it; it ends when its input does
  const script = 'cat <&3 >/dev/null & echo $!; exec cat 3<&-';
  const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
  const [input, output, , inputOfChild] = parent.stdio as unknown as [Writable, Readable, null, Writable];
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  input.write('executed\n');
  await lines.next();
  expect(isRunning(pid)).toBe(true);
  inputOfChild.end();
  await expect.poll(() => isRunning(pid)).toBe(false);
  expect(() => process.kill(pid, 0)).not.toThrow();
  input.end();
  await once(parent, 'exit');
});
