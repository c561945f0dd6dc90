import { expect, test } from 'vitest';
import { type AskedKinds, FIELD_MANAGER } from '../deploy/cluster-objects.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { PROJECT_LABEL } from '../deploy/pin-images.ts';
import { answerJson, openApiServer } from './api-server.fake.ts';
import { Discovery } from './discovery.ts';
import { KubernetesObjects } from './kubernetes-objects.ts';

const never = new AbortController().signal;
const verbs = ['delete', 'get', 'list', 'patch'];
const kindsNamed = (...kinds: readonly string[]) =>
  kinds.map((kind) => ({ name: pluralOf(kind), kind, namespaced: true, verbs }));
const GROUPS: Readonly<Record<string, readonly { readonly name: string; readonly kind: string }[]>> = {
  v1: kindsNamed('ConfigMap', 'Endpoints', 'Pod', 'Secret', 'Service'),
  'apps/v1': kindsNamed('DaemonSet', 'Deployment', 'StatefulSet'),
  'batch/v1': kindsNamed('Job'),
};
const LIKELY = ['daemonsets', 'deployments', 'jobs', 'pods', 'services', 'statefulsets'];
const ALL = ['configmaps', 'endpoints', 'secrets', ...LIKELY].toSorted();

function pluralOf(kind: string): string {
  return kind.toLowerCase().replace(/s?$/, 's');
}

/** An object of the project `shop`, applied by devloop unless said otherwise. */
function objectNamed(kind: string, name: string, more: object = {}): KubernetesObject {
  const labels = { [PROJECT_LABEL]: 'shop' };
  const managedFields = [{ manager: FIELD_MANAGER, operation: 'Apply' as const }];
  const metadata = { name, namespace: 'default', uid: `${kind}-${name}`, labels, managedFields, ...more };
  return { apiVersion: 'v1', kind, metadata };
}

async function open(there: KubernetesObject[], groups = GROUPS) {
  const { api, requests } = await openApiServer((request, response, { pathname }) => {
    const [, group = '', rest] = /^\/apis?\/((?:\w+\/)?v1)(?:\/(.*))?$/.exec(pathname) ?? [];
    const name = rest?.split('/').at(-1) ?? '';
    if (pathname === '/apis') {
      const versions = Object.keys(groups).flatMap((groupVersion) => (groupVersion === 'v1' ? [] : { groupVersion }));
      answerJson(response, 200, {
        groups: versions.map((version) => ({ versions: [version], preferredVersion: version })),
      });
    } else if (rest === undefined) answerJson(response, 200, { resources: groups[group] ?? [] });
    else if (request.method === 'PATCH') {
      const kind = groups[group]?.find((one) => rest.includes(`${one.name}/`))?.kind ?? '';
      const object = objectNamed(kind, name);
      if (!request.url?.includes('dryRun')) there.push(object);
      answerJson(response, 200, object);
    } else answerJson(response, 200, { items: there.filter(({ kind }) => name === pluralOf(kind)) });
  });
  const objects = new KubernetesObjects(api, new Discovery(api));
  const applied = async (kinds: AskedKinds) =>
    (await objects.applied('shop', kinds, never)).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  /** The collections that were asked for since the last call. */
  const asked = () =>
    requests
      .splice(0)
      .flatMap((line) => /\/v1\/(\w+)\?labelSelector/.exec(line)?.[1] ?? [])
      .toSorted();
  return { objects, there, applied, asked, requests };
}

test('what was applied: not what a controller has copied the label to, nor what somebody else has applied', async () => {
  const { applied } = await open([
    objectNamed('Service', 'web'),
    objectNamed('Endpoints', 'web', { managedFields: [{ manager: 'kube-controller-manager', operation: 'Update' }] }),
    objectNamed('ConfigMap', 'made', { ownerReferences: [{ kind: 'Service', name: 'web', uid: 'Service-web' }] }),
  ]);
  expect(await applied('all')).toEqual(['Service/web']);
});

test('every kind is asked for once; then those of which there was something or something was applied, until all are wanted', async () => {
  const { objects, there, applied, asked } = await open([objectNamed('Service', 'web')]);
  expect(await applied('known')).toEqual(['Service/web']);
  expect(asked()).toEqual(ALL);
  for (const kinds of ['known', 'likely'] as const) {
    expect(await applied(kinds)).toEqual(['Service/web']);
    expect(asked()).toEqual(['services']);
  }

  await objects.apply(objectNamed('ConfigMap', 'only-tried'), never, true);
  await objects.apply(objectNamed('Secret', 'key'), never);
  there.push(objectNamed('ConfigMap', 'of-somebody'));
  for (const kinds of ['known', 'likely'] as const) {
    expect(await applied(kinds)).toEqual(['Service/web', 'Secret/key']);
    expect(asked()).toEqual(['secrets', 'services']);
  }
  expect(await applied('all')).toEqual(['ConfigMap/of-somebody', 'Secret/key', 'Service/web']);
  expect(asked()).toEqual(ALL);
});

test('what is likely is known without asking for every kind: what runs or leads to it, and what was applied', async () => {
  const { objects, applied, asked } = await open([objectNamed('Service', 'web'), objectNamed('ConfigMap', 'settings')]);
  expect(await applied('likely')).toEqual(['Service/web']);
  expect(asked()).toEqual(LIKELY);
  await objects.apply(objectNamed('Secret', 'key'), never);
  expect(await applied('likely')).toEqual(['Service/web', 'Secret/key']);
  expect(asked()).toEqual([...LIKELY, 'secrets'].toSorted());
  expect(await applied('known')).toEqual(['ConfigMap/settings', 'Secret/key', 'Service/web']);
});

test('nothing is asked of the kinds that are likely once all are known', async () => {
  const { 'batch/v1': _, ...groups } = GROUPS;
  const { applied, requests } = await open([objectNamed('Service', 'web')], groups);
  await applied('all');
  requests.splice(0);
  expect(await applied('known')).toEqual(['Service/web']);
  expect(requests).toEqual([`GET /api/v1/services?labelSelector=${encodeURIComponent(`${PROJECT_LABEL}=shop`)}`]);
});
