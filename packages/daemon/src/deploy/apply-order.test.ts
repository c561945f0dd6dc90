import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyOrder, deleteOrder } from './apply-order.ts';
import { isClusterScoped } from './cluster-scoped.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

const KINDS = [
  'Namespace',
  'CustomResourceDefinition',
  'ServiceAccount',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Service',
  'Certificate',
  'Deployment',
  'Ingress',
];

const object = (kind: string, name = 'x'): KubernetesObject => ({ apiVersion: 'v1', kind, metadata: { name } });

test('whatever order they come in, objects are applied from namespaces to ingresses, and deleted the other way', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(KINDS, { minLength: KINDS.length }), (kinds) => {
      const objects = kinds.map((kind) => object(kind));
      expect(applyOrder(objects).map(({ kind }) => kind)).toEqual(KINDS);
      expect(deleteOrder(objects).map(({ kind }) => kind)).toEqual(KINDS.toReversed());
    }),
  );
});

test('objects of one rank keep their order', () => {
  const objects = [object('Pod', 'b'), object('Deployment', 'a'), object('Secret', 'z'), object('ConfigMap', 'y')];
  expect(applyOrder(objects).map(({ metadata }) => metadata.name)).toEqual(['z', 'y', 'b', 'a']);
});

test.each([
  ['v1', 'Namespace', true],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', true],
  ['rbac.authorization.k8s.io/v1', 'Role', false],
  ['v1', 'Service', false],
  ['serving.knative.dev/v1', 'Service', false],
  ['example.com/v1', 'Namespace', false],
])('%s %s outside namespaces: %s', (apiVersion, kind, expected) => {
  expect(isClusterScoped({ apiVersion, kind })).toBe(expected);
});
