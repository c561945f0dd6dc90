import { expect, onTestFinished, test } from 'vitest';
import type { SwapListener, SwappedContainer } from '../build/image-engine.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Bell } from '../support/bell.ts';
import { TaskSet } from '../support/task-set.ts';
import { ContentBefore } from './content-before.ts';
import { FakeLiveObjects, ID, podObject, workloadObject } from './live-objects.fake.ts';
import type { Workload } from './workload-status.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

const workload: Workload = {
  kind: 'ReplicaSet',
  namespace: 'shop',
  name: 'web',
  generation: 1,
  expected: new Map([['main', { reference: 'web:2', imageId: ID.two }]]),
};

const OLD = podObject('old', { owner: 'web' });
const TWO_CONTAINERS = ['main', 'beside'].map((name) => ({ name, image: 'web:2' }));
/** It has been made, and nothing of it was started. */
const COMING = podObject('coming', {
  owner: 'web',
  ready: false,
  phase: 'Pending',
  spec: { containers: TWO_CONTAINERS },
  status: { containerStatuses: [] },
});

/** Two pods of a ReplicaSet, of which one asks for the new image already, and an engine whose events the test tells. */
function stage(pods = [OLD, podObject('new', { owner: 'web', image: 'web:2' })]) {
  const watched: {
    container: SwappedContainer;
    listener: SwapListener;
    signal: AbortSignal;
    start: (at: number) => void;
  }[] = [];
  const live = [workloadObject('ReplicaSet', 'web', { status: { observedGeneration: 1 } }), ...pods];
  const objects = new FakeLiveObjects(...live);
  const tasks = new TaskSet(() => undefined);
  const changed = new Bell();
  const superviseSwap = (container: SwappedContainer, listener: SwapListener, signal: AbortSignal) => {
    return new Promise<number>((start, reject) => {
      watched.push({ container, listener, signal, start });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };
  const view = Object.assign(objects, { changed });
  const before = new ContentBefore({ view, engine: { superviseSwap }, tasks, signal: new AbortController().signal });
  onTestFinished(() => before[Symbol.dispose]());
  const add = (pod: KubernetesObject) => {
    (objects.objects as KubernetesObject[]).push(pod);
    changed.ring();
  };
  return { before, watched, changed, tasks, add };
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
  const { before, watched, changed } = stage();
  const { ended } = before.replacedBy(workload);
  const { rings } = changed;
  watched[0]?.listener.ended();
  expect([...(ended ?? [])]).toEqual(['uid-old']);
  expect(changed.rings).toBeGreaterThan(rings);
  expect(watched[0]?.signal.aborted).toBe(true); // one end is all that is listened for
});

test('a pod that takes their place is known to have started when the engine has started all its containers', async () => {
  const { before, watched, changed, tasks, add } = stage([OLD]);
  const { started } = before.replacedBy(workload);
  add(COMING);
  await turn();
  changed.ring(); // it is listened for once
  await turn();
  const coming = watched.filter(({ container }) => container.podUid === 'uid-coming');
  expect(coming.map(({ container }) => container)).toEqual([
    { podUid: 'uid-coming', name: 'main', killAfterMs: false },
    { podUid: 'uid-coming', name: 'beside', killAfterMs: false },
  ]);
  coming[0]?.start(1);
  await turn();
  expect([...(started ?? [])]).toEqual([]);
  const rung = changed.next(new AbortController().signal);
  coming[1]?.start(2);
  await rung;
  expect([...(started ?? [])]).toEqual(['uid-coming']);
  before[Symbol.dispose]();
  await tasks.ended();
});

test('where nothing is replaced, or a pod is ready already, no start is listened for', async () => {
  const nothing = stage([COMING]);
  nothing.before.replacedBy(workload);
  const ready = stage();
  ready.before.replacedBy(workload);
  await turn();
  expect(nothing.watched).toEqual([]);
  expect(ready.watched.map(({ container }) => container.podUid)).toEqual(['uid-old']);
});

test('in a swap the pods are those of before as well', () => {
  const { before } = stage();
  const older = before.exchanged([podObject('web-1')]);
  expect([...older]).toEqual(['uid-web-1']);
  before[Symbol.dispose]();
  expect(older.size).toBe(0);
});
