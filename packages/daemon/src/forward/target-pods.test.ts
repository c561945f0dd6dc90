import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { FakeLiveObjects, podObject, workloadObject } from '../rollout/live-objects.fake.ts';
import type { CustomWorkload } from '../rollout/workload-status.ts';
import { podsOfService } from './target-pods.ts';

const site: KubernetesObject = {
  apiVersion: 'example.com/v1',
  kind: 'Site',
  metadata: { name: 'web' },
  spec: { image: 'web' },
};

function podsOf(contents: readonly CustomWorkload[], ...live: KubernetesObject[]): string[] {
  const fake = new FakeLiveObjects(...live);
  const view = Object.assign(fake, { all: () => fake.objects.filter(({ kind }) => kind === 'Pod') });
  const spec = { manifests: [{ object: site, file: undefined, line: 1 }] };
  return podsOfService(spec, 80, contents, { view, namespace: 'shop' }).map(({ pod }) => pod.metadata.name);
}

test('a port of a custom resource leads to the pods that were made of it, and to no others', () => {
  const applied: CustomWorkload = {
    kind: 'Site',
    namespace: 'shop',
    name: 'web',
    generation: 1,
    expected: new Map(),
    resource: { apiVersion: 'example.com/v1', uid: 'uid-web', pods: 'if-any' },
  };
  const set = workloadObject('ReplicaSet', 'set', { owner: 'web' });
  const live = [set, podObject('a', { owner: 'set' }), podObject('stranger', { owner: 'another' })];
  expect(podsOf([applied], ...live)).toEqual(['a']);
  expect(podsOf([applied], podObject('stranger'))).toEqual([]);
  expect(podsOf([], ...live)).toEqual([]);
});
