import { expect, test } from 'vitest';
import { openSandboxApi } from '../open-api-server.fake.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

async function open() {
  const sandbox = await openSandboxApi();
  const apply = (path: string, query: string, body: unknown) =>
    sandbox.request('PATCH', `${path}?${query}`, body, { 'content-type': 'application/apply-patch+yaml' });
  return { ...sandbox, apply };
}

const configMap = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c' },
  data,
});

const deployment = (container: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', ...container }] } },
  },
});

test('makes what is not there, and changes nothing when nothing has changed', async () => {
  const { apply } = await open();
  const first = await apply(`${CONFIG_MAPS}/c`, 'fieldManager=one', configMap({ a: '1' }));
  expect(first.status).toBe(201);
  expect(first.body.metadata.managedFields).toEqual([
    {
      manager: 'one',
      operation: 'Apply',
      apiVersion: 'v1',
      time: expect.any(String),
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    },
  ]);
  const second = await apply(`${CONFIG_MAPS}/c`, 'fieldManager=one', configMap({ a: '1' }));
  expect([second.status, second.body.metadata.resourceVersion]).toEqual([200, first.body.metadata.resourceVersion]);
});

test('takes away what its manager no longer applies and nobody else owns', async () => {
  const { apply } = await open();
  await apply(`${CONFIG_MAPS}/c`, 'fieldManager=one', configMap({ a: '1', b: '2' }));
  await apply(`${CONFIG_MAPS}/c`, 'fieldManager=two', configMap({ b: '2', c: '3' }));
  const { body } = await apply(`${CONFIG_MAPS}/c`, 'fieldManager=one', configMap({ d: '4' }));
  expect(body.data).toEqual({ b: '2', c: '3', d: '4' });
});

test('does not take another’s fields, unless forced to', async () => {
  const { apply, request } = await open();
  await apply(`${DEPLOYMENTS}/web`, 'fieldManager=one', deployment({ image: 'a' }));
  const wanted = deployment({ image: 'b', env: [{ name: 'A', value: '1' }] });
  const { status, body } = await apply(`${DEPLOYMENTS}/web`, 'fieldManager=two', wanted);
  expect(status).toBe(409);
  expect(body.message).toBe(
    'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="web"].image',
  );
  expect(body.details.causes).toEqual([
    {
      reason: 'FieldManagerConflict',
      message: 'conflict with "one"',
      field: '.spec.template.spec.containers[name="web"].image',
    },
  ]);
  const forced = await apply(`${DEPLOYMENTS}/web`, 'fieldManager=two&force=true', wanted);
  expect(forced.body.spec.template.spec.containers[0]).toMatchObject({ image: 'b', env: [{ name: 'A', value: '1' }] });
  const released = await apply(`${DEPLOYMENTS}/web`, 'fieldManager=two', deployment({ image: 'b' }));
  expect(released.body.spec.template.spec.containers[0].env).toBeUndefined();
  await request(
    'PATCH',
    `${DEPLOYMENTS}/web`,
    { spec: { replicas: 4 } },
    {
      'content-type': 'application/merge-patch+json',
      'user-agent': 'kubectl/v1.32',
    },
  );
  const scaled = { ...deployment({ image: 'b' }), spec: { ...deployment({ image: 'b' }).spec, replicas: 1 } };
  const refused = await apply(`${DEPLOYMENTS}/web`, 'fieldManager=two', scaled);
  expect(refused.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
  );
});

test('needs a manager, and fields that the schema has', async () => {
  const { apply } = await open();
  expect((await apply(`${CONFIG_MAPS}/c`, '', configMap({}))).body.message).toContain(
    'fieldManager: Required value: is required for apply patch',
  );
  const odd = { ...configMap({}), odd: 1 };
  expect((await apply(`${CONFIG_MAPS}/c`, 'fieldManager=one', odd)).body.message).toBe(
    'failed to create typed patch object (default/c; v1, Kind=ConfigMap): .odd: field not declared in schema',
  );
});

test('items that cannot be told apart are refused', async () => {
  const { apply } = await open();
  const twice = deployment({ image: 'a', env: [{ name: 'A' }, { name: 'A' }] });
  expect((await apply(`${DEPLOYMENTS}/web`, 'fieldManager=one', twice)).body.message).toContain(
    '.spec.template.spec.containers[name="web"].env: duplicate entries for key [name="A"]',
  );
});

test('what a controller writes into the status is its own', async () => {
  const { apply, server } = await open();
  await apply(`${DEPLOYMENTS}/web`, 'fieldManager=one', deployment({ image: 'a' }));
  const name = { resource: 'deployments.apps', namespace: 'default', name: 'web' };
  const object = server.store.modify(name, (live) => ({ ...live, status: { replicas: 1 } }), 'controller');
  expect(object?.metadata.managedFields).toContainEqual(
    expect.objectContaining({
      manager: 'controller',
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:replicas': {} } },
    }),
  );
  const { body } = await apply(`${DEPLOYMENTS}/web`, 'fieldManager=one', deployment({ image: 'b' }));
  expect(body.status).toEqual({ replicas: 1 });
});
