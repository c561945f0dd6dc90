import { expect, test } from 'vitest';
import type { Manifest } from './project.ts';
import { unbuiltServices } from './unbuilt-services.ts';

function manifest(kind: string, name: string, namespace?: string): Manifest {
  const pod = { containers: [{ name: 'main', image: 'redis' }] };
  const spec = kind === 'Pod' ? pod : kind === 'Service' ? {} : { template: { spec: pod } };
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { object: { apiVersion: 'apps/v1', kind, metadata, spec }, file: '/k8s/all.yaml', line: 1 };
}

test('workloads are services of their own, everything else stays with the project', () => {
  const [deployment, service, job] = [
    manifest('Deployment', 'carts-db'),
    manifest('Service', 'carts-db'),
    manifest('Job', 'seed'),
  ];
  const { services, rest } = unbuiltServices([deployment, service, job] as Manifest[], []);
  expect(services.map(({ name, build, manifests }) => [name, build, manifests])).toEqual([
    ['carts-db', undefined, [deployment]],
    ['seed', undefined, [job]],
  ]);
  expect(rest).toEqual([service]);
});

test('no two have one name', () => {
  const all = [manifest('Deployment', 'web'), manifest('StatefulSet', 'web'), manifest('StatefulSet', 'web', 'other')];
  const names = unbuiltServices([...all, manifest('Pod', 'a.b.c')], ['web']).services.map(({ name }) => name);
  expect(names).toEqual(['web-deployment', 'web-statefulset', 'web-statefulset-2', 'a-b-c']);
});

test('what runs at some later time is not followed', () => {
  expect(unbuiltServices([manifest('CronJob', 'nightly')], []).services).toEqual([]);
});
