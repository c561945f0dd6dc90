import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { FakeLiveObjects, podObject, workloadObject } from './live-objects.fake.ts';
import { planSwap } from './swap.ts';

const previous = workloadObject('Deployment', 'web', { image: 'web:1' });
const next = workloadObject('Deployment', 'web', { image: 'web:2' });
const live = workloadObject('Deployment', 'web', { image: 'web:1' });
const set = (name: string, revision: number, image = 'web:1') =>
  workloadObject('ReplicaSet', name, {
    owner: 'web',
    image,
    metadata: { annotations: { 'deployment.kubernetes.io/revision': String(revision) } },
  });
const pod = (name: string, options: Parameters<typeof podObject>[1] = {}) =>
  podObject(name, { owner: 'new', ...options });
const plan = (...objects: KubernetesObject[]) => planSwap(previous, next, new FakeLiveObjects(...objects));

test('a settled Deployment is swapped in its newest ReplicaSet', () => {
  const newest = set('new', 2);
  expect(plan(live, set('old', 1), newest, pod('a'))).toMatchObject({ replicaSet: newest, pods: [pod('a')] });
});

test('also where pods that ended are still listed', () => {
  const evicted = (name: string, owner: string) => podObject(name, { owner, phase: 'Failed' });
  expect(plan(live, set('old', 1), set('new', 2), pod('a'), evicted('x', 'new'), evicted('y', 'old'))?.pods).toEqual([
    pod('a'),
  ]);
});

describe('is not swapped', () => {
  test.each<[string, KubernetesObject[]]>([
    ['a Deployment that is not there', []],
    ['a paused one', [workloadObject('Deployment', 'web', { spec: { paused: true } }), set('new', 1), pod('a')]],
    [
      'one that its controller has not seen',
      [workloadObject('Deployment', 'web', { metadata: { generation: 2 } }), set('new', 1), pod('a')],
    ],
    ['one without a ReplicaSet', [live]],
    ['one whose ReplicaSet is of another image', [live, set('new', 1, 'web:0'), pod('a')]],
    ['one with a pod too few', [workloadObject('Deployment', 'web', { replicas: 2 }), set('new', 1), pod('a')]],
    ['one that is scaled to none', [workloadObject('Deployment', 'web', { replicas: 0 }), set('new', 1)]],
    ['one whose pod is ending', [live, set('new', 1), pod('a', { deleted: true })]],
    ['one that is rolling', [live, set('old', 1), set('new', 2), pod('a'), podObject('b', { owner: 'old' })]],
  ])('%s', (_what, objects) => {
    expect(plan(...objects)).toBeUndefined();
  });

  test('what has to run its init containers again', () => {
    const withInit = (image: string) => {
      const object = structuredClone(next);
      object['spec'].template.spec.initContainers = [{ name: 'init', image }];
      return object;
    };
    const objects = new FakeLiveObjects(live, set('new', 1), pod('a'));
    expect(planSwap(withInit('i:1'), withInit('i:2'), objects)).toBeUndefined();
    expect(planSwap(withInit('i:1'), withInit('i:1'), objects)).toBeDefined();
  });

  test('another kind', () => {
    const stateful = workloadObject('StatefulSet', 'web');
    expect(
      planSwap(stateful, stateful, new FakeLiveObjects(stateful, podObject('a', { owner: 'web' }))),
    ).toBeUndefined();
  });
});

test('a bare Pod is swapped while it runs', () => {
  const bare = (options: Parameters<typeof podObject>[1]) => {
    const object = podObject('web', options);
    return planSwap(object, object, new FakeLiveObjects(object));
  };
  expect(bare({})?.pods).toHaveLength(1);
  expect(bare({ deleted: true })).toBeUndefined();
  expect(bare({ phase: 'Succeeded' })).toBeUndefined();
  expect(planSwap(podObject('web'), podObject('web'), new FakeLiveObjects())).toBeUndefined();
});
