import { expect, test } from 'vitest';
import { FIELD_MANAGER } from '../deploy/cluster-objects.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { PROJECT_LABEL } from '../deploy/pin-images.ts';
import { answerJson, openApiServer } from './api-server.fake.ts';
import { Discovery } from './discovery.ts';
import { KubernetesObjects } from './kubernetes-objects.ts';

const never = new AbortController().signal;
const verbs = ['delete', 'get', 'list', 'patch'];
const KINDS = ['ConfigMap', 'Endpoints', 'Secret', 'Service'].map((kind) => ({
  name: pluralOf(kind),
  kind,
  namespaced: true,
  verbs,
}));

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

async function open(...there: KubernetesObject[]) {
  const { api, requests } = await openApiServer((request, response, { pathname }) => {
    const [name] = pathname.split('/').slice(-1);
    if (request.method === 'PATCH') {
      const kind = KINDS.find((one) => pathname.includes(`/${one.name}/`))?.kind ?? '';
      const object = objectNamed(kind, name ?? '');
      there.push(object);
      answerJson(response, 200, object);
    } else if (pathname === '/apis') answerJson(response, 200, { groups: [] });
    else if (pathname === '/api/v1') answerJson(response, 200, { resources: KINDS });
    else answerJson(response, 200, { items: there.filter(({ kind }) => name === pluralOf(kind)) });
  });
  const objects = new KubernetesObjects(api, new Discovery(api));
  const applied = async (anew?: boolean) =>
    (await objects.applied('shop', never, anew)).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  /** The collections that were asked for since the last call. */
  const asked = () => requests.splice(0).flatMap((line) => /\/api\/v1\/(\w+)\?labelSelector/.exec(line)?.[1] ?? []);
  return { objects, there, applied, asked };
}

test('what was applied: not what a controller has copied the label to, nor what somebody else has applied', async () => {
  const { applied } = await open(
    objectNamed('Service', 'web'),
    objectNamed('Endpoints', 'web', { managedFields: [{ manager: 'kube-controller-manager', operation: 'Update' }] }),
    objectNamed('ConfigMap', 'made', { ownerReferences: [{ kind: 'Service', name: 'web', uid: 'Service-web' }] }),
  );
  expect(await applied()).toEqual(['Service/web']);
});

test('every kind is asked for once; then those of which there was something or something was applied, until all are wanted', async () => {
  const { objects, there, applied, asked } = await open(objectNamed('Service', 'web'));
  expect(await applied()).toEqual(['Service/web']);
  expect(asked()).toEqual(['configmaps', 'endpoints', 'secrets', 'services']);
  expect(await applied()).toEqual(['Service/web']);
  expect(asked()).toEqual(['services']);

  await objects.apply(objectNamed('ConfigMap', 'only-tried'), never, true);
  await objects.apply(objectNamed('Secret', 'key'), never);
  there.splice(
    there.findIndex(({ metadata }) => metadata.name === 'only-tried'),
    1,
  );
  expect(await applied()).toEqual(['Service/web', 'Secret/key']);
  expect(asked()).toEqual(['services', 'secrets']);

  there.push(objectNamed('ConfigMap', 'of-somebody'));
  expect(await applied()).toEqual(['Service/web', 'Secret/key']);
  asked();
  expect(await applied(true)).toEqual(['ConfigMap/of-somebody', 'Secret/key', 'Service/web']);
  expect(asked()).toEqual(['configmaps', 'endpoints', 'secrets', 'services']);
});
