import { expect, onTestFinished, test } from 'vitest';
import type { SwapListener, SwappedContainer } from '../build/image-engine.ts';
import { Bell } from '../support/bell.ts';
import { TaskSet } from '../support/task-set.ts';
import { ContentBefore } from './content-before.ts';
import { FakeLiveObjects, ID, podObject, workloadObject } from './live-objects.fake.ts';
import type { Workload } from './workload-status.ts';

const workload: Workload = {
  kind: 'ReplicaSet',
  namespace: 'shop',
  name: 'web',
  generation: 1,
  expected: new Map([['main', { reference: 'web:2', imageId: ID.two }]]),
};

/** Two pods of a ReplicaSet, of which one asks for the new image already, and an engine whose events the test tells. */
function stage() {
  const watched: { container: SwappedContainer; listener: SwapListener; signal: AbortSignal }[] = [];
  const objects = new FakeLiveObjects(
    workloadObject('ReplicaSet', 'web', { status: { observedGeneration: 1 } }),
    podObject('old', { owner: 'web' }),
    podObject('new', { owner: 'web', image: 'web:2' }),
  );
  const tasks = new TaskSet(() => undefined);
  const changed = new Bell();
  const superviseSwap = (container: SwappedContainer, listener: SwapListener, signal: AbortSignal) => {
    watched.push({ container, listener, signal });
    return new Promise<number>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };
  const view = Object.assign(objects, { changed });
  const before = new ContentBefore({ view, engine: { superviseSwap }, tasks, signal: new AbortController().signal });
  onTestFinished(() => before[Symbol.dispose]());
  return { before, watched, changed, tasks };
}

test('the pods that are replaced are told until it is over', async () => {
  const { before, watched, tasks } = stage();
  const { older } = before.replacedBy(workload);
  expect([...(older ?? [])]).toEqual(['uid-old']);
  expect(watched.map(({ container }) => container)).toEqual([{ podUid: 'uid-old', name: 'main', killAfterMs: false }]);
  before[Symbol.dispose]();
  expect(older?.size).toBe(0);
  await tasks.ended(); // nothing is listened for any more
});

test('the end of a program is known by the engine, and whoever waits is woken', async () => {
  const { before, watched, changed, tasks } = stage();
  const { ended } = before.replacedBy(workload);
  const { rings } = changed;
  watched[0]?.listener.ended();
  expect([...(ended ?? [])]).toEqual(['uid-old']);
  expect(changed.rings).toBeGreaterThan(rings);
  await tasks.ended(); // one end is all that is listened for
});

test('in a swap the pods are those of before as well', () => {
  const { before } = stage();
  const older = before.exchanged([podObject('web-1')]);
  expect([...older]).toEqual(['uid-web-1']);
  before[Symbol.dispose]();
  expect(older.size).toBe(0);
});
