import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Bell } from '../support/bell.ts';
import { temporaryFolder, writeFiles } from '../support/temporary-folder.fake.ts';
import { ChokidarFileWatcher } from './chokidar-file-watcher.ts';
import type { WatchRoot } from './file-watcher.ts';

const nothing = () => false;

/** The inotify watches that this process holds now. */
function inotifyWatches(): number {
  return readdirSync('/proc/self/fdinfo')
    .map((fd) => {
      try {
        return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^inotify /gm)?.length ?? 0;
      } catch {
        return 0; // the descriptor with which the folder is read
      }
    })
    .reduce((sum, count) => sum + count, 0);
}

async function watch(...roots: WatchRoot[]) {
  const seen = new Set<string>();
  const bell = new Bell();
  const watching = await new ChokidarFileWatcher().watch(roots, {
    changed: (path) => {
      seen.add(path);
      bell.ring();
    },
    uncertain: (error) => {
      throw error;
    },
  });
  onTestFinished(async () => watching[Symbol.asyncDispose]());
  const sees = (path: string) => bell.until(() => seen.has(path) || undefined, AbortSignal.timeout(5000));
  return { seen, sees, watching };
}

test('sees writing, saving by rename, removal, and files in new folders', async () => {
  const folder = temporaryFolder({ 'a.txt': 'a', 'old/b.txt': 'b' });
  const { seen, sees } = await watch({ path: folder, ignores: nothing });
  expect(seen.size).toBe(0);
  writeFiles(folder, { 'a.txt': 'aa' });
  await sees(join(folder, 'a.txt'));
  writeFiles(folder, { 'old/b.txt.tmp': 'bb' });
  renameSync(join(folder, 'old/b.txt.tmp'), join(folder, 'old/b.txt'));
  await sees(join(folder, 'old/b.txt'));
  mkdirSync(join(folder, 'new/deep'), { recursive: true });
  writeFiles(folder, { 'new/deep/c.txt': 'c' });
  await sees(join(folder, 'new/deep/c.txt'));
  seen.clear();
  writeFiles(folder, { 'new/deep/c.txt': 'cc' });
  await sees(join(folder, 'new/deep/c.txt'));
  rmSync(join(folder, 'a.txt'));
  await sees(join(folder, 'a.txt'));
});

test('an ignored folder costs no watch and is silent', async () => {
  const folder = temporaryFolder({ 'src/a': '', 'node_modules/m/i.js': '', 'node_modules/n/i.js': '' });
  const before = inotifyWatches();
  const { seen, sees } = await watch({ path: folder, ignores: (path) => path.includes('node_modules') });
  expect(inotifyWatches() - before).toBe(2);
  writeFiles(folder, { 'node_modules/m/i.js': 'x' });
  writeFiles(folder, { 'src/a': 'x' });
  await sees(join(folder, 'src/a'));
  expect([...seen].filter((path) => path.includes('node_modules'))).toEqual([]);
});

test('a root inside an ignored folder of another is watched', async () => {
  const folder = temporaryFolder({ 'dist/web.yaml': '', 'dist/other': '' });
  const { seen, sees } = await watch(
    { path: folder, ignores: (path) => path.includes('dist') },
    { path: join(folder, 'dist/web.yaml'), ignores: nothing },
  );
  writeFiles(folder, { 'dist/other': 'x' });
  writeFiles(folder, { 'dist/web.yaml': 'x' });
  await sees(join(folder, 'dist/web.yaml'));
  expect(seen).not.toContain(join(folder, 'dist/other'));
});

test('a root that is not there yet is seen when it comes', async () => {
  const folder = temporaryFolder({ other: '' });
  const { sees } = await watch({ path: join(folder, 'k8s'), ignores: nothing });
  writeFiles(folder, { 'k8s/web.yaml': '' });
  await sees(join(folder, 'k8s/web.yaml'));
});

test('ends with its watches', async () => {
  const before = inotifyWatches();
  const { watching } = await watch({ path: temporaryFolder({ 'a/b/c': '' }), ignores: nothing });
  expect(inotifyWatches()).toBeGreaterThan(before);
  await watching[Symbol.asyncDispose]();
  expect(inotifyWatches()).toBe(before);
});
