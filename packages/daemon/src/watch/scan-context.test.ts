import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../support/temporary-folder.fake.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { type ContextEntry, ContextScanner } from './scan-context.ts';

const never = new AbortController().signal;
const long = new Date('2020-01-01T00:00:00Z');

async function scan(scanner: ContextScanner, folder: string, rules = ''): Promise<ContextEntry[]> {
  return await scanner.scan(folder, new IgnoreRules(rules), never);
}

function hashesOf(entries: readonly ContextEntry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ path, hash }) => [path, hash]));
}

test('lists files, folders and links by path, the ignored ones left out', async () => {
  const folder = temporaryFolder({
    'b.txt': 'b',
    'a/x': 'x',
    'node_modules/m/i.js': '',
    'docs/a.md': '',
    'docs/keep': '',
  });
  symlinkSync('../b.txt', join(folder, 'a/link'));
  symlinkSync('nowhere', join(folder, 'dangling'));
  chmodSync(join(folder, 'b.txt'), 0o755);
  const entries = await scan(new ContextScanner(), folder, 'docs\n!docs/keep');
  expect(entries.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'folder a',
    'link a/link',
    'file a/x',
    'file b.txt',
    'link dangling',
    'file docs/keep',
  ]);
  expect(entries.find(({ path }) => path === 'b.txt')).toMatchObject({ mode: 0o755, size: 1 });
  expect(entries.find(({ path }) => path === 'a/link')).toMatchObject({ target: '../b.txt', hash: '../b.txt' });
});

test('sockets and pipes are no part of a context', async () => {
  const folder = temporaryFolder({ a: '' });
  const server = createServer().listen(join(folder, 'socket'));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  expect((await scan(new ContextScanner(), folder)).map(({ path }) => path)).toEqual(['a']);
});

test('the content decides, not the time stamp', async () => {
  const folder = temporaryFolder({ same: 'same', other: 'one' });
  const scanner = new ContextScanner();
  const before = hashesOf(await scan(scanner, folder));
  writeFiles(folder, { same: 'same', other: 'two' });
  const after = hashesOf(await scan(scanner, folder));
  expect(after['same']).toBe(before['same']);
  expect(after['other']).not.toBe(before['other']);
});

test('content of the same size that is written within one tick of the clock is seen', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  const scanner = new ContextScanner();
  const hashes = new Set<string>();
  for (let n = 100; n < 300; n += 1) {
    writeFileSync(file, String(n));
    hashes.add(hashesOf(await scan(scanner, folder))['file'] ?? '');
  }
  expect(hashes.size).toBe(200);
});

test('content whose old time stamp is put back is seen all the same', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  const scanner = new ContextScanner();
  const hashes = new Set<string>();
  for (let n = 100; n < 300; n += 1) {
    writeFileSync(file, String(n));
    utimesSync(file, long, long);
    hashes.add(hashesOf(await scan(scanner, folder))['file'] ?? '');
  }
  expect(hashes.size).toBe(200);
});

test('a file that takes the place of another is read', async () => {
  const folder = temporaryFolder({ file: 'one' });
  const scanner = new ContextScanner();
  const before = hashesOf(await scan(scanner, folder));
  writeFiles(folder, { new: 'two' });
  utimesSync(join(folder, 'new'), long, long);
  renameSync(join(folder, 'new'), join(folder, 'file'));
  expect(hashesOf(await scan(scanner, folder))['file']).not.toBe(before['file']);
});

test('what vanishes is left out', async () => {
  const folder = temporaryFolder({ a: '', 'b/c': '' });
  const scanner = new ContextScanner();
  await scan(scanner, folder);
  rmSync(join(folder, 'b'), { recursive: true });
  expect((await scan(scanner, folder)).map(({ path }) => path)).toEqual(['a']);
  expect(await scan(scanner, join(folder, 'nowhere'))).toEqual([]);
});

test('a large file has the hash that a small one of the same bytes has', async () => {
  const text = 'x'.repeat(1_500_000);
  const folder = temporaryFolder({ large: text });
  const [large] = await scan(new ContextScanner(), folder);
  writeFiles(folder, { large: `${text.slice(1)}y` });
  const [other] = await scan(new ContextScanner(), folder);
  expect(large?.hash).toHaveLength(64);
  expect(other?.hash).not.toBe(large?.hash);
});

test('ends when it is aborted', async () => {
  const folder = temporaryFolder();
  for (let n = 0; n < 1200; n += 1) mkdirSync(join(folder, `f${n}`));
  const reason = new Error('no longer wanted');
  await expect(new ContextScanner().scan(folder, new IgnoreRules(''), AbortSignal.abort(reason))).rejects.toBe(reason);
});
