import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { unbuiltServices } from '../project/unbuilt-services.ts';
import { FakeLiveObjects } from '../rollout/live-objects.fake.ts';
import { WorkloadOwners } from './pods-of-services.ts';

function owned(kind: string, name: string, owner: { kind: string; name: string; controller?: boolean }) {
  const apiVersion = kind === 'Pod' ? 'v1' : 'apps/v1';
  const ownerReferences = [{ apiVersion: 'x/v1', uid: `uid-${owner.name}`, ...owner }];
  return { apiVersion, kind, metadata: { name, namespace: 'shop', ownerReferences } } satisfies KubernetesObject;
}

const manifest = {
  object: { apiVersion: 'example.com/v1', kind: 'Site', metadata: { name: 'web' }, spec: { image: 'web' } },
  file: undefined,
  line: 1,
  custom: { images: [['spec', 'image']], pods: undefined },
};
const owners = new WorkloadOwners(unbuiltServices([manifest], []).services, 'shop');
const site = { kind: 'Site', name: 'web', controller: true };

test.each<[string, KubernetesObject[]]>([
  ['at once', [owned('Pod', 'a', site)]],
  ['by an owner that does not call itself the controller', [owned('Pod', 'a', { kind: 'Site', name: 'web' })]],
  [
    'over a Deployment and its ReplicaSet',
    [
      owned('Pod', 'a', { kind: 'ReplicaSet', name: 'set', controller: true }),
      owned('ReplicaSet', 'set', { kind: 'Deployment', name: 'made', controller: true }),
      owned('Deployment', 'made', site),
    ],
  ],
  [
    'over a StatefulSet',
    [owned('Pod', 'a', { kind: 'StatefulSet', name: 'made', controller: true }), owned('StatefulSet', 'made', site)],
  ],
])('a pod is a custom resource’s: %s', (_, objects) => {
  const [pod] = objects as [KubernetesObject];
  expect(owners.namespaces).toEqual(['shop']);
  expect(owners.servicesOf(pod, new FakeLiveObjects(...objects) as never)).toEqual(['web']);
});

test('a pod of another resource is not', () => {
  const pod = owned('Pod', 'a', { kind: 'Site', name: 'other', controller: true });
  expect(owners.servicesOf(pod, new FakeLiveObjects(pod) as never)).toEqual([]);
});
