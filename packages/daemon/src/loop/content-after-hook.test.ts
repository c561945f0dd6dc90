import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TaskSet } from '../support/task-set.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { ContextScanner } from '../watch/scan-context.ts';
import { ChangeDetector } from './change-detector.ts';
import { contentAfterHook } from './content-after-hook.ts';
import { HookOutputs } from './hook-outputs.ts';
import { Source } from './source.ts';

/** Runs a hook over a source, and answers with how often it ran and what the source holds then. */
async function run(command: string, files: Record<string, string>) {
  const folder = temporaryFolder({ Dockerfile: 'FROM scratch', '.dockerignore': 'runs', runs: '', ...files });
  const build = { context: folder, dockerfile: join(folder, 'Dockerfile'), target: undefined, args: {}, image: 'web' };
  const source = new Source(build, new ContextScanner());
  await source.readRules();
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const detector = new ChangeDetector(source, () => undefined, new TaskSet(() => undefined), controller.signal);
  await detector.look();
  const hook = { command: `echo run >> runs\n${command}`, workdir: folder, outputs: [] };
  const content = await contentAfterHook(
    {
      spec: { beforeBuild: hook, env: {} },
      content: undefined,
      detector,
      outputs: new HookOutputs([]),
      onRun: () => undefined,
      onLine: () => undefined,
    },
    controller.signal,
  );
  const hashes = new Map(content?.entries.map(({ path, hash }) => [path, hash]));
  const runs = readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;
  return { runs, hashes, text: (name: string) => readFileSync(join(folder, name), 'utf8').trim() };
}

test('a hook that writes what was not there runs once', async () => {
  const { runs, hashes } = await run('echo made > made', { a: '1' });
  expect(runs).toBe(1);
  expect(hashes.has('made')).toBe(true);
});

test('a file that was there and changed meanwhile may be a save: the hook runs once more, with it', async () => {
  const { runs, text } = await run('wc -l < runs > a', { a: 'as it was' });
  expect(runs).toBe(2);
  expect(text('a')).toBe('2');
});
