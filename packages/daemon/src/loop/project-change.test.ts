import { expect, test } from 'vitest';
import type { Project, ServiceSpec } from '../project/project.ts';
import { projectChange } from './project-change.ts';

function service(name: string, more: Partial<ServiceSpec> = {}): ServiceSpec {
  return { name, manifests: [], env: {}, dependsOn: [], ...more } as Partial<ServiceSpec> as ServiceSpec;
}

function project(...services: ServiceSpec[]): Project {
  return { name: 'shop', services } as Partial<Project> as Project;
}

const manifest = {
  object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
} as ServiceSpec['manifests'][0];

test.each([
  ['everything is new at the beginning', undefined, project(service('web')), [['web'], [], []]],
  ['nothing has changed', project(service('web')), project(service('web')), [[], [], []]],
  [
    'services come and go',
    project(service('web'), service('api')),
    project(service('web'), service('worker')),
    [['worker'], ['api'], []],
  ],
  [
    'one has other manifests',
    project(service('web')),
    project(service('web', { manifests: [manifest] })),
    [[], [], [['web', 'manifests']]],
  ],
  [
    'one has other manifests, and more',
    project(service('web')),
    project(service('web', { manifests: [manifest], env: { A: 'b' } })),
    [[], [], [['web', 'config']]],
  ],
])('%s', (_what, before, now, expected) => {
  const { added, removed, changed } = projectChange(before, now);
  expect([added.map(({ name }) => name), removed, changed.map(({ spec, cause }) => [spec.name, cause])]).toEqual(
    expected,
  );
});
