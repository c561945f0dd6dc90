import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { Project, ServiceSpec } from './project.ts';
import { reachingObjects } from './reaching-objects.ts';

const object = (kind: string, name: string, spec: object, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
});
const deployment = (name: string) =>
  object(
    'Deployment',
    name,
    { template: { metadata: { labels: { app: name } }, spec: { containers: [] } } },
    'apps/v1',
  );
const ingress = (name: string, backend: object) =>
  object('Ingress', name, { rules: [{ host: 'a.test', http: { paths: [{ backend }] } }] }, 'networking.k8s.io/v1');
const manifests = (objects: KubernetesObject[]) => objects.map((one) => ({ object: one, file: undefined, line: 1 }));

function names(own: KubernetesObject[], shared: KubernetesObject[]): string[] {
  const spec = { manifests: manifests(own) } as unknown as ServiceSpec;
  const project = { manifests: manifests(shared) } as unknown as Project;
  return reachingObjects(spec, project).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

test('what is its own reaches a service', () => {
  expect(names([deployment('web'), object('Service', 'any', {}), ingress('own', {})], [])).toEqual([
    'Service/any',
    'Ingress/own',
  ]);
});

test('so does a Service of the project that selects its pods, and an Ingress that leads to one', () => {
  const shared = [
    object('Service', 'web', { selector: { app: 'web' } }),
    object('Service', 'db', { selector: { app: 'db' } }),
    object('Service', 'outside', {}),
    ingress('to-web', { service: { name: 'web' } }),
    ingress('old', { serviceName: 'web' }),
    ingress('to-db', { service: { name: 'db' } }),
  ];
  expect(names([deployment('web')], shared)).toEqual(['Service/web', 'Ingress/to-web', 'Ingress/old']);
});

test('not so one of another namespace', () => {
  const elsewhere = object('Service', 'web', { selector: { app: 'web' } });
  elsewhere.metadata.namespace = 'other';
  expect(names([deployment('web')], [elsewhere])).toEqual([]);
});
