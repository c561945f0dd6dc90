import { expect, test } from 'vitest';
import { halfSwapped } from './half-swapped.ts';
import { FakeLiveObjects, ID, podObject, workloadObject } from './live-objects.fake.ts';

const expected = new Map([['main', { reference: 'web:1', imageId: ID.one }]]);
const deployment = workloadObject('Deployment', 'web', {});
const set = (name: string, image: string) => workloadObject('ReplicaSet', name, { owner: 'web', image });
const behind = podObject('behind', { owner: 'new', image: 'web:0' });

test.each([
  ['one that asks for less than its ReplicaSet', [deployment, set('new', 'web:1'), behind], [behind]],
  ['none that asks for it', [deployment, set('new', 'web:1'), podObject('a', { owner: 'new' })], []],
  ['none of a ReplicaSet that is to be rolled', [deployment, set('new', 'web:0'), behind], []],
  [
    'none that goes',
    [deployment, set('new', 'web:1'), podObject('a', { owner: 'new', image: 'web:0', deleted: true })],
    [],
  ],
  ['none without a Deployment', [set('new', 'web:1'), behind], []],
])('a swap has left behind %s', (_, objects, left) => {
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'web', generation: 1, expected } as const;
  expect(halfSwapped(workload, new FakeLiveObjects(...objects))).toEqual(left);
});
