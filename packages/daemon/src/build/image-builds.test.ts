import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { ImageBuilds } from './image-builds.ts';
import { FakeImageEngine } from './image-engine.fake.ts';
import type { BuildListener, BuildOutcome } from './image-engine.ts';

const built: BuildOutcome = { ok: true, imageId: 'sha256:1' };
const silent: BuildListener = { line: () => undefined, step: () => undefined, contextSent: () => undefined };
const reason = new Error('superseded');

function open(cpus = 1) {
  const engine = new FakeImageEngine(cpus);
  const builds = new ImageBuilds(engine);
  const ask = (reference: string, options: { rank?: number; listener?: BuildListener } = {}) => {
    const controller = new AbortController();
    const request = {
      reference,
      archive: () => ({ stream: pack(), dockerfile: 'Dockerfile' }),
      target: undefined,
      args: {},
      labels: {},
      noCache: false,
    };
    const { rank = 0, listener = { ...silent } } = options;
    const outcome = builds.build(rank, request, listener, controller.signal);
    outcome.catch(() => undefined);
    return { outcome, leave: () => controller.abort(reason) };
  };
  return { engine, builds, ask };
}

test('what several ask for at once is built once and told to all', async () => {
  const { engine, ask } = open();
  const lines: string[] = [];
  const listen = (name: string) => ({ ...silent, line: (text: string) => lines.push(`${name} ${text}`) });
  const one = ask('web:1', { listener: listen('one') });
  const build = await engine.begun(1);
  const two = ask('web:1', { listener: listen('two') });
  build.listener.line('hello', 'stdout');
  build.end(built);
  expect(await Promise.all([one.outcome, two.outcome])).toEqual([built, built]);
  expect(lines).toEqual(['one hello', 'two hello']);
  expect(engine.builds).toHaveLength(1);
  const again = ask('web:1');
  (await engine.begun(2)).end(built);
  expect(await again.outcome).toEqual(built);
});

test('a build goes on until the last has left; who leaves does not wait for it', async () => {
  const { engine, ask } = open();
  const one = ask('web:1');
  const two = ask('web:1');
  const build = await engine.begun(1);
  one.leave();
  await expect(one.outcome).rejects.toBe(reason);
  expect(build.signal.aborted).toBe(false);
  two.leave();
  await expect(two.outcome).rejects.toBe(reason);
  expect(build.signal.aborted).toBe(true);
});

test('a build that has been given up is not joined', async () => {
  const { engine, ask } = open();
  const one = ask('web:1');
  await engine.begun(1);
  one.leave();
  const two = ask('web:1');
  (await engine.begun(2)).end(built);
  expect(await two.outcome).toEqual(built);
});

test('a failure of the engine reaches all', async () => {
  const { engine, ask } = open();
  const both = [ask('web:1'), ask('web:1')];
  const error = new Error('gone');
  (await engine.begun(1)).fail(error);
  for (const { outcome } of both) await expect(outcome).rejects.toBe(error);
});

test('two a processor run at once, then the smallest rank is next', async () => {
  const { engine, builds, ask } = open(1);
  ask('a');
  ask('b');
  await engine.begun(2);
  expect(builds.full).toBe(true);
  ask('late', { rank: 2 });
  ask('early', { rank: 1 });
  const gone = ask('gone', { rank: 0 });
  gone.leave();
  await expect(gone.outcome).rejects.toBe(reason);
  expect(engine.builds).toHaveLength(2);
  (await engine.begun(1)).end(built);
  expect((await engine.begun(3)).request.reference).toBe('early');
  (await engine.begun(2)).end({ ok: false, failure: { code: 'build/failed', message: '', remedy: '', evidence: [] } });
  expect((await engine.begun(4)).request.reference).toBe('late');
});
