import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EventLog } from '../state/event-log.ts';
import type { FileWatcher, WatchListener, WatchRoot } from '../watch/file-watcher.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import { ProjectWatch } from './project-watch.ts';
import { Source } from './source.ts';

class FakeFileWatcher implements FileWatcher {
  readonly watches: { roots: readonly WatchRoot[]; listener: WatchListener; ended: boolean }[] = [];

  async watch(roots: readonly WatchRoot[], listener: WatchListener): Promise<AsyncDisposable> {
    const watch = { roots, listener, ended: false };
    this.watches.push(watch);
    return {
      [Symbol.asyncDispose]: async () => {
        watch.ended = true;
      },
    };
  }
}

async function open() {
  const watcher = new FakeFileWatcher();
  const log = new EventLog();
  const uncertain: Error[] = [];
  const listener = { changed: () => undefined, uncertain: (error: Error) => uncertain.push(error) };
  const watch = new ProjectWatch(watcher, listener, log);
  const build = { context: '/p/web', dockerfile: '/p/web/Dockerfile', target: undefined, args: {}, image: 'web' };
  const source = new Source(build, new ContextScanner());
  await source.readRules();
  const inputs = ['/p/devloop.yaml', '/p', '/p/k8s', '/p/web', '/p/web/Dockerfile'];
  return { watcher, log, uncertain, watch, source, inputs };
}

test('inputs are the config, Dockerfiles, and manifests in folders of them', async () => {
  const { watch, source, inputs } = await open();
  expect(watch.isInput('/p/devloop.yaml')).toBe(false);
  await watch.follow('/p', [source], inputs);
  const isInput = (name: string) => watch.isInput(join('/p', name));
  for (const name of [
    'devloop.yaml',
    'pod.yaml',
    'k8s/a.yml',
    'k8s/deep/a.json',
    'web/Dockerfile',
    'web/a.yaml',
    'k8s',
  ]) {
    expect([name, isInput(name)]).toEqual([name, true]);
  }
  for (const name of ['readme.md', 'web/main.ts', 'web/deep/a.yaml', 'k8s/readme.md', 'k8s2/a.yaml', 'other/a.yaml']) {
    expect([name, isInput(name)]).toEqual([name, false]);
  }
});

test('a new watch is there before the old one ends, and none is made for nothing', async () => {
  const { watcher, watch, source, inputs } = await open();
  expect(await watch.follow('/p', [source], inputs)).toBe(true);
  expect(await watch.follow('/p', [source], inputs)).toBe(false);
  expect(await watch.follow('/p', [source], [...inputs, '/p/more'])).toBe(true);
  expect(watcher.watches.map(({ ended }) => ended)).toEqual([true, false]);
  await watch[Symbol.asyncDispose]();
  expect(watcher.watches.every(({ ended }) => ended)).toBe(true);
});

test('the project folder and sources are watched for manifests in them only, as inputs', async () => {
  const { watcher, watch, source, inputs } = await open();
  await watch.follow('/p', [source], inputs);
  const roots = watcher.watches[0]?.roots ?? [];
  const ignoredBy = (root: string, name: string, isFolder = false) =>
    roots.filter(({ path }) => path === root).map((one) => one.ignores(join(root, name), isFolder));
  expect(ignoredBy('/p', 'other', true)).toEqual([true]);
  expect(ignoredBy('/p', 'pod.yaml')).toEqual([false]);
  expect(ignoredBy('/p', 'readme.md')).toEqual([true]);
  expect(ignoredBy('/p/k8s', 'deep', true)).toEqual([false]);
  expect(ignoredBy('/p/k8s', 'node_modules', true)).toEqual([true]);
  // once as the source, once as a folder of manifests
  expect(ignoredBy('/p/web', 'main.ts')).toEqual([false, true]);
  expect(ignoredBy('/p/web', 'node_modules', true)).toEqual([true, true]);
});

test('a limit that is reached is told once, and makes it look by itself', async () => {
  const { watcher, log, uncertain, watch, source, inputs } = await open();
  await watch.follow('/p', [source], inputs);
  const error = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  watcher.watches[0]?.listener.uncertain(new Error('other'));
  expect(watch.degraded).toBe(false);
  watcher.watches[0]?.listener.uncertain(error);
  watcher.watches[0]?.listener.uncertain(error);
  expect(watch.degraded).toBe(true);
  expect(log.state.warnings.map(({ code }) => code)).toEqual(['watch/limit']);
  expect(log.seq).toBe(1);
  expect(uncertain).toHaveLength(3);
});
