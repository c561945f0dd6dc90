import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Bell } from '../support/bell.ts';
import { TaskSet } from '../support/task-set.ts';
import { temporaryFolder, writeFiles } from '../support/temporary-folder.fake.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import { ChangeDetector, type SourceChange } from './change-detector.ts';
import { Source } from './source.ts';

async function open() {
  const folder = temporaryFolder({ Dockerfile: 'FROM scratch', a: '1' });
  const build = { context: folder, dockerfile: join(folder, 'Dockerfile'), target: undefined, args: {}, image: 'web' };
  const source = new Source(build, new ContextScanner());
  await source.readRules();
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const changes: SourceChange[] = [];
  const bell = new Bell();
  const errors: unknown[] = [];
  const tasks = new TaskSet((error) => errors.push(error));
  const told = (change: SourceChange) => {
    changes.push(change);
    bell.ring();
  };
  const detector = new ChangeDetector(source, told, tasks, controller.signal);
  await detector.look();
  const change = (n: number) => bell.until(() => changes[n - 1], AbortSignal.timeout(5000));
  const write = (files: Record<string, string>) => {
    writeFiles(folder, files);
    for (const name of Object.keys(files)) detector.event(join(folder, name));
  };
  const settled = async () => {
    await detector.settled(AbortSignal.timeout(5000));
    await tasks.ended();
  };
  return { folder, detector, changes, change, write, settled };
}

test('tells the content at the first look, then what differs from it', async () => {
  const { changes, change, write, settled, folder } = await open();
  expect(changes).toHaveLength(1);
  expect(changes[0]?.paths).toEqual([]);
  write({ a: '2' });
  expect((await change(2)).paths).toEqual([join(folder, 'a')]);
  await settled();
  expect(changes).toHaveLength(2);
});

test('names what was saved and what was deleted, not the temporary file that the save went through', async () => {
  const { change, write, settled, folder, detector, changes } = await open();
  write({ 'a.tmp': '2' });
  renameSync(join(folder, 'a.tmp'), join(folder, 'a'));
  detector.event(join(folder, 'a'));
  await change(2);
  await settled();
  expect(changes.at(-1)?.paths).toEqual([join(folder, 'a')]);
  const count = changes.length;
  write({ 'b.tmp': '3' });
  renameSync(join(folder, 'b.tmp'), join(folder, 'b'));
  rmSync(join(folder, 'a'));
  for (const name of ['a', 'b']) detector.event(join(folder, name));
  await change(count + 1);
  await settled();
  expect(changes.at(-1)?.paths).toEqual([join(folder, 'a'), join(folder, 'b')]);
});

test('writing the same content, or what is ignored, is no change', async () => {
  const { changes, write, settled, detector } = await open();
  write({ a: '1', 'node_modules/m': 'x' });
  expect(detector.settledNow).toBe(false);
  await settled();
  expect(changes).toHaveLength(1);
  write({ 'node_modules/m': 'y' });
  expect(detector.settledNow).toBe(true);
});

test('ignore rules that change are read anew', async () => {
  const { change, write, settled, changes } = await open();
  write({ '.dockerignore': 'a\n.dockerignore' });
  await change(2);
  await settled();
  const count = changes.length;
  write({ a: 'ignored by now' });
  await settled();
  expect(changes).toHaveLength(count);
});

test('a source that cannot be read is a change without content', async () => {
  const { change, write, settled, detector, folder } = await open();
  rmSync(join(folder, 'Dockerfile'));
  detector.event(join(folder, 'Dockerfile'));
  expect((await change(2)).content).toBeUndefined();
  await settled();
  write({ Dockerfile: 'FROM scratch' });
  expect((await change(3)).content).toBeDefined();
});

test('what a hook writes is no change', async () => {
  const { write, settled, changes, detector } = await open();
  const content = await detector.during(async () => write({ made: 'by the hook' }));
  expect(content.entries.map(({ path }) => path)).toContain('made');
  await settled();
  await detector.look();
  expect(changes).toHaveLength(1);
});

test('nor is what a hook writes that fails then, where it is known to be its output', async () => {
  const { write, settled, changes, detector } = await open();
  const failure = new Error('the hook failed');
  const fail = async () => {
    write({ made: 'half' });
    throw failure;
  };
  await expect(detector.during(fail, () => true)).rejects.toBe(failure);
  await settled();
  await detector.look();
  expect(changes).toHaveLength(1);
  const other = async () => {
    write({ a: 'saved meanwhile' });
    throw failure;
  };
  await expect(detector.during(other, () => false)).rejects.toBe(failure);
  await detector.look();
  expect(changes).toHaveLength(2);
});
