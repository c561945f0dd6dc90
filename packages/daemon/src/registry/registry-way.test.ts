import { expect, test } from 'vitest';
import type { PushListener, PushOutcome, RegistryCredentials } from '../build/image-engine.ts';
import { Bell } from '../support/bell.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { RegistryWay } from './registry-way.ts';

/** The part of an engine that pushes: each push waits until the test ends it. */
class HeldPushes {
  readonly pushes: {
    reference: string;
    listener: PushListener;
    signal: AbortSignal;
    end: (outcome: PushOutcome) => void;
  }[] = [];
  readonly #bell = new Bell();

  push(
    reference: string,
    _credentials: RegistryCredentials | undefined,
    listener: PushListener,
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    return new Promise((end, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      this.pushes.push({ reference, listener, signal, end });
      this.#bell.ring();
    });
  }

  async begun(n: number) {
    return await this.#bell.until(() => this.pushes[n - 1], AbortSignal.timeout(5000));
  }
}

const silent: PushListener = { line: () => undefined, progress: () => undefined };
const signal = new AbortController().signal;

function open(push = 'localhost:5000/team', pull = 'registry.test:30400/team') {
  const engine = new HeldPushes();
  return {
    engine,
    way: new RegistryWay(engine, { push, pull, because: 'a test' }, { DOCKER_CONFIG: temporaryFolder() }),
  };
}

test.each([
  ['web', 'localhost:5000/team/web'],
  ['acme/web', 'localhost:5000/team/acme/web'],
  ['ghcr.io/acme/web', 'localhost:5000/team/acme/web'],
  ['127.0.0.1:5000/hotel_app', 'localhost:5000/team/hotel_app'],
  ['library/redis', 'localhost:5000/team/redis'],
])('%s is built as %s', (image, built) => {
  expect(open().way.builtName(image)).toBe(built);
});

test('pods name an image as the nodes reach the registry, and the way back is as sure', () => {
  const { way } = open();
  const built = 'localhost:5000/team/web:devloop-1';
  expect(way.podReference(built)).toBe('registry.test:30400/team/web:devloop-1');
  expect(way.builtReference(way.podReference(built))).toBe(built);
  // built before the registry was chosen
  expect(way.podReference('web:devloop-1')).toBe('web:devloop-1');
  expect(way.podReference('localhost:5000/teams/web:devloop-1')).toBe('localhost:5000/teams/web:devloop-1');
});

test('what several want at the same time is pushed once, and told to all', async () => {
  const { engine, way } = open();
  const told: string[] = [];
  const listen = (name: string): PushListener => ({ ...silent, progress: (detail) => told.push(`${name} ${detail}`) });
  const one = way.bring('localhost:5000/team/web:1', listen('one'), signal);
  const two = way.bring('localhost:5000/team/web:1', listen('two'), signal);
  const push = await engine.begun(1);
  push.listener.progress('pushing');
  push.end({ ok: true, digest: 'sha256:1' });
  expect(await Promise.all([one, two])).toEqual([
    { ok: true, digest: 'sha256:1' },
    { ok: true, digest: 'sha256:1' },
  ]);
  expect(told).toEqual(['one pushing', 'two pushing']);
  expect(engine.pushes.length).toBe(1);
});

test('a push ends when the last who wanted it has given it up', async () => {
  const { engine, way } = open();
  const given = new AbortController();
  const bringing = way.bring('localhost:5000/team/web:1', silent, given.signal);
  const push = await engine.begun(1);
  given.abort(new Error('superseded'));
  await expect(bringing).rejects.toThrow('superseded');
  expect(push.signal.aborted).toBe(true);
});
