import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from './kubernetes-object.ts';
import { imagesOf, podTemplateOf } from './workload-images.ts';

const pod = {
  initContainers: [{ name: 'init', image: 'busybox' }],
  containers: [
    { name: 'main', image: 'acme/web:1' },
    { name: 'twin', image: 'acme/web:1' },
    { name: 'side', image: 'acme/proxy' },
  ],
};

function object(apiVersion: string, kind: string, spec?: unknown): KubernetesObject {
  return { apiVersion, kind, metadata: { name: 'x' }, spec };
}

const workloads: [string, KubernetesObject][] = [
  ['Pod', object('v1', 'Pod', pod)],
  ['ReplicationController', object('v1', 'ReplicationController', { template: { spec: pod } })],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind): [string, KubernetesObject] => [
    kind,
    object('apps/v1', kind, { template: { spec: pod } }),
  ]),
  ['Job', object('batch/v1', 'Job', { template: { spec: pod } })],
  ['CronJob', object('batch/v1', 'CronJob', { jobTemplate: { spec: { template: { spec: pod } } } })],
  ['CronJob v1beta1', object('batch/v1beta1', 'CronJob', { jobTemplate: { spec: { template: { spec: pod } } } })],
  ['Rollout', object('argoproj.io/v1alpha1', 'Rollout', { template: { spec: pod } })],
];

describe('workloads', () => {
  test.each(workloads)('%s', (_, workload) => {
    expect(podTemplateOf(workload)).toBe(pod);
    expect(imagesOf(workload)).toEqual(['busybox', 'acme/web:1', 'acme/proxy']);
  });
});

test.each([
  object('v1', 'Service', { ports: [] }),
  object('v1', 'ConfigMap'),
  object('v1', 'Pod', null),
  object('apps/v1', 'Deployment', { template: null }),
  object('apps/v1', 'Deployment', { template: { spec: { containers: 'none' } } }),
  object('cert-manager.io/v1', 'Certificate', { template: { spec: {} } }),
])('what runs no pods, or is malformed, names none: %j', (other) => {
  expect(podTemplateOf(other)).toBeUndefined();
  expect(imagesOf(other)).toEqual([]);
});

test('containers without an image, or that are none, are passed over', () => {
  const odd = object('v1', 'Pod', {
    initContainers: 'no',
    containers: [null, { name: 'a' }, { name: 'b', image: 'b' }],
  });
  expect(imagesOf(odd)).toEqual(['b']);
});
