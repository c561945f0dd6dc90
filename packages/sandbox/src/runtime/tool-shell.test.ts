import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ToolShell } from './tool-shell.ts';

const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tool-shell-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('commands run one after the other, whatever their arguments hold', async () => {
  const folder = await openFolder();
  await using shell = new ToolShell('sh', ENVIRONMENT);
  const names = ["it's", 'two words', '$HOME', 'a\nline', ';exit'];
  await shell.run([
    ['touch', ...names.map((name) => path.join(folder, name))],
    ['rm', path.join(folder, names[0] ?? '')],
  ]);
  expect((await readdir(folder)).sort()).toEqual(names.slice(1).sort());
});

test('the first command that fails is the last one, and what it said is thrown; the next ones run all the same', async () => {
  const folder = await openFolder();
  await using shell = new ToolShell('sh', ENVIRONMENT);
  const file = (name: string) => path.join(folder, name);
  const failing = shell.run([
    ['cat', file('missing')],
    ['touch', file('never')],
  ]);
  const next = shell.run([['touch', file('next')]]);
  await expect(failing).rejects.toThrow(`cat && touch failed (1): cat: ${file('missing')}: No such file or directory`);
  await next;
  expect(await readdir(folder)).toEqual(['next']);
});

test('a command reads what it is given, and nothing else', async () => {
  const folder = await openFolder();
  await using shell = new ToolShell('sh', ENVIRONMENT);
  const file = path.join(folder, 'copy');
  await shell.run([['tee', file]], "it's\n%s \\n");
  expect(await readFile(file, 'utf8')).toBe("it's\n%s \\n");
  await shell.run([['tee', file]]);
  expect(await readFile(file, 'utf8')).toBe('');
});

test('a shell that has ended, or was never there, fails what it is asked', async () => {
  const shell = new ToolShell('sh', ENVIRONMENT);
  await shell[Symbol.asyncDispose]();
  await expect(shell.run([['true']])).rejects.toThrow('the shell of the node has ended');
  await using missing = new ToolShell('/nowhere/sh', ENVIRONMENT);
  await expect(missing.run([['true']])).rejects.toThrow('ENOENT');
});
