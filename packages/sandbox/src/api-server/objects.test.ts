import { describe, expect, test } from 'vitest';
import { openSandboxApi } from './open-api-server.fake.ts';

const CORE = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const MERGE = { 'content-type': 'application/merge-patch+json' };
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

const container = (fields: object = {}) => ({ name: 'web', image: 'nginx:1.27', ...fields });
const deployment = (name: string, podSpec: object = {}, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...podSpec } },
    ...spec,
  },
});
const pod = (name: string, fields: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...fields },
  spec: { containers: [container()] },
});

test("a StatefulSet's containers mount what its claims give", async () => {
  const { request } = await openSandboxApi();
  const mounts = (name: string) => ({ containers: [container({ volumeMounts: [{ name, mountPath: '/data' }] })] });
  const claims = [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    },
  ];
  const set = (name: string) => ({
    ...deployment('db', mounts(name), { serviceName: 'db', volumeClaimTemplates: claims }),
    kind: 'StatefulSet',
  });
  expect((await request('POST', `${APPS}/statefulsets`, set('other'))).body.message).toContain(
    'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "other"',
  );
  expect((await request('POST', `${APPS}/statefulsets`, set('data'))).status).toBe(201);
});

describe('what a new object gets', () => {
  test('a Deployment its defaults, an identity and its first generation', async () => {
    const { request } = await openSandboxApi();
    const { status, body } = await request('POST', `${APPS}/deployments`, deployment('web'));
    expect(status).toBe(201);
    expect(body.metadata).toMatchObject({ generation: 1, uid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(body.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    });
    expect(body.spec.template.spec).toMatchObject({ restartPolicy: 'Always', terminationGracePeriodSeconds: 30 });
    expect(body.spec.template.spec.containers[0].imagePullPolicy).toBe('IfNotPresent');
  });

  test('a pod a name from generateName', async () => {
    const { request } = await openSandboxApi();
    const { body } = await request('POST', `${CORE}/pods`, pod('', { name: undefined, generateName: 'web-' }));
    expect(body.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(body.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  test('a Service an address, and a node port that is no other’s', async () => {
    const { request } = await openSandboxApi();
    const service = (name: string, nodePort?: number) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort }] },
    });
    const { body } = await request('POST', `${CORE}/services`, service('a'));
    expect(body.spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    const { nodePort } = body.spec.ports[0];
    expect(nodePort).toBeGreaterThanOrEqual(30_000);
    const second = await request('POST', `${CORE}/services`, service('b', nodePort));
    expect(second.body.message).toBe(
      `Service "b" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: provided port is already allocated`,
    );
  });
});

describe('what is refused', () => {
  test.each([
    [{ containers: [] }, {}, 'spec.template.spec.containers: Required value'],
    [{ containers: [container({ image: undefined })] }, {}, 'spec.template.spec.containers[0].image: Required value'],
    [{ containers: [container(), container()] }, {}, 'spec.template.spec.containers[1].name: Duplicate value: "web"'],
    [
      { restartPolicy: 'Never' },
      {},
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      {},
      { selector: { matchLabels: { app: 'x' } } },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"bad"}: `selector` does not match template `labels`',
    ],
    [{}, { replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ])('%j %j', async (podSpec, spec, message) => {
    const { request } = await openSandboxApi();
    const { status, body } = await request('POST', `${APPS}/deployments`, deployment('bad', podSpec, spec));
    expect([status, body.reason]).toEqual([422, 'Invalid']);
    expect(body.message).toBe(`Deployment.apps "bad" is invalid: ${message}`);
    expect(body.details.causes[0].field).toBe(message.split(': ')[0]);
  });

  test('unknown fields, when validation is strict; otherwise they are warned of', async () => {
    const { request } = await openSandboxApi();
    const body = deployment('odd', {}, { foo: 1 });
    const strict = await request('POST', `${APPS}/deployments?fieldValidation=Strict`, body);
    expect(strict.body.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo"',
    );
    const warned = await request('POST', `${APPS}/deployments`, body);
    expect(warned.headers['warning']).toContain('unknown field \\"spec.foo\\"');
    expect(warned.body.spec.foo).toBeUndefined();
  });

  test('changes of what may not change', async () => {
    const { request } = await openSandboxApi();
    await request('POST', `${APPS}/deployments`, deployment('web'));
    const selector = { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } } } };
    const changed = await request('PATCH', `${APPS}/deployments/web`, { spec: selector }, MERGE);
    expect(changed.body.message).toContain('field is immutable');
    await request('POST', `${CORE}/pods`, pod('p'));
    const moved = await request('PATCH', `${CORE}/pods/p`, { spec: { hostname: 'x' } }, MERGE);
    expect(moved.body.message).toContain('pod updates may not change fields other than');
    const image = { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } };
    expect((await request('PATCH', `${CORE}/pods/p`, image, STRATEGIC)).status).toBe(200);
  });

  test('an update of what was read before it changed', async () => {
    const { request } = await openSandboxApi();
    const { body } = await request('POST', `${APPS}/deployments`, deployment('web'));
    await request('PATCH', `${APPS}/deployments/web`, { spec: { replicas: 2 } }, MERGE);
    const late = await request('PUT', `${APPS}/deployments/web`, body);
    expect([late.status, late.body.message]).toEqual([
      409,
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    ]);
  });
});

describe('patches', () => {
  test('count a generation only for what is wanted, and nothing for what was so already', async () => {
    const { request } = await openSandboxApi();
    await request('POST', `${APPS}/deployments`, deployment('web'));
    const patch = (body: unknown) => request('PATCH', `${APPS}/deployments/web`, body, MERGE);
    expect((await patch({ spec: { replicas: 3 } })).body.metadata.generation).toBe(2);
    const labelled = (await patch({ metadata: { labels: { a: 'b' } } })).body.metadata;
    expect(labelled.generation).toBe(2);
    expect((await patch({ metadata: { labels: { a: 'b' } } })).body.metadata.resourceVersion).toBe(
      labelled.resourceVersion,
    );
    const status = await request('PATCH', `${APPS}/deployments/web/status`, { status: { replicas: 3 } }, MERGE);
    expect(status.body).toMatchObject({ metadata: { generation: 2 }, status: { replicas: 3 } });
  });

  test('by JSON patch, and what does not fit is refused', async () => {
    const { request } = await openSandboxApi();
    await request('POST', `${APPS}/deployments`, deployment('web'));
    const patch = (body: unknown) => request('PATCH', `${APPS}/deployments/web`, body, JSON_PATCH);
    expect((await patch([{ op: 'replace', path: '/spec/replicas', value: 4 }])).body.spec.replicas).toBe(4);
    expect((await patch([{ op: 'remove', path: '/spec/nope' }])).status).toBe(422);
    const other = await request('PATCH', `${APPS}/deployments/web`, {}, { 'content-type': 'text/plain' });
    expect(other.status).toBe(415);
  });

  test('of the scale', async () => {
    const { request } = await openSandboxApi();
    await request('POST', `${APPS}/deployments`, deployment('web'));
    const { body } = await request('PATCH', `${APPS}/deployments/web/scale`, { spec: { replicas: 5 } }, MERGE);
    expect(body).toMatchObject({ kind: 'Scale', spec: { replicas: 5 }, status: { replicas: 0, selector: 'app=web' } });
    expect((await request('GET', `${APPS}/deployments/web`)).body.spec.replicas).toBe(5);
  });

  test('a dry run stores nothing', async () => {
    const { request } = await openSandboxApi();
    expect((await request('POST', `${APPS}/deployments?dryRun=All`, deployment('web'))).status).toBe(201);
    expect((await request('GET', `${APPS}/deployments/web`)).body.message).toBe('deployments.apps "web" not found');
  });
});

describe('deletion', () => {
  test('a pod on a node has its grace, and goes with a grace of 0', async () => {
    const { request, server } = await openSandboxApi();
    await request('POST', `${CORE}/pods`, pod('p'));
    await request('POST', `${CORE}/pods/p/binding`, { target: { kind: 'Node', name: 'node' } });
    const { body } = await request('DELETE', `${CORE}/pods/p`);
    expect(body.metadata.deletionGracePeriodSeconds).toBe(30);
    server.store.delete({ resource: 'pods', namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 });
    expect((await request('GET', `${CORE}/pods/p`)).status).toBe(404);
  });

  test('in the foreground an object waits for its finalizer', async () => {
    const { request, server } = await openSandboxApi();
    await request('POST', `${APPS}/deployments`, deployment('web'));
    const { body } = await request('DELETE', `${APPS}/deployments/web`, { propagationPolicy: 'Foreground' });
    expect(body.metadata).toMatchObject({ finalizers: ['foregroundDeletion'], generation: 2 });
    server.store.modify({ resource: 'deployments.apps', namespace: 'default', name: 'web' }, (live) => ({
      ...live,
      metadata: { ...live.metadata, finalizers: [] },
    }));
    expect((await request('GET', `${APPS}/deployments/web`)).status).toBe(404);
  });

  test('another object of the same name is not the one that was meant', async () => {
    const { request } = await openSandboxApi();
    await request('POST', `${APPS}/deployments`, deployment('web'));
    const { body } = await request('DELETE', `${APPS}/deployments/web`, { preconditions: { uid: 'other' } });
    expect(body).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('a namespace ends when its finalizer is taken, and takes nothing new meanwhile', async () => {
    const { request, server } = await openSandboxApi();
    await request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    expect((await request('DELETE', '/api/v1/namespaces/n')).body.status.phase).toBe('Terminating');
    const late = await request('POST', '/api/v1/namespaces/n/pods', pod('p'));
    expect(late.body.message).toBe(
      'pods "p" is forbidden: unable to create new content in namespace n because it is being terminated',
    );
    server.store.modify({ resource: 'namespaces', namespace: undefined, name: 'n' }, (live) => ({
      ...live,
      spec: { finalizers: [] },
    }));
    expect((await request('GET', '/api/v1/namespaces/n')).status).toBe(404);
  });
});

test('the API server’s own Service comes back', async () => {
  const { request } = await openSandboxApi();
  const { uid } = (await request('GET', `${CORE}/services/kubernetes`)).body.metadata;
  await request('DELETE', `${CORE}/services/kubernetes`);
  const { metadata, spec } = (await request('GET', `${CORE}/services/kubernetes`)).body;
  expect([metadata.uid === uid, spec.clusterIP]).toEqual([false, '10.96.0.1']);
});

describe('custom resources', () => {
  test('are served as soon as they are defined, with the columns they name', async () => {
    const { request } = await openSandboxApi();
    const column = { name: 'Size', type: 'integer', jsonPath: '.spec.size' };
    await request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'boxes.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'boxes', kind: 'Box' },
        versions: [{ name: 'v1', served: true, storage: true, additionalPrinterColumns: [column] }],
      },
    });
    const path = '/apis/example.com/v1/namespaces/default/boxes';
    const box = { apiVersion: 'example.com/v1', kind: 'Box', metadata: { name: 'b' }, spec: { size: 3 } };
    expect((await request('POST', path, box)).body.spec.size).toBe(3);
    const table = await request('GET', path, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body.rows[0].cells).toEqual(['b', 3]);
  });
});

describe('events', () => {
  test('are the same in both of their groups', async () => {
    const { request } = await openSandboxApi();
    await request('POST', `${CORE}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p' },
      message: 'Pulled',
    });
    const { body } = await request('GET', '/apis/events.k8s.io/v1/namespaces/default/events/e');
    expect(body).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'Pulled', regarding: { name: 'p' } });
    const selected = await request('GET', `${CORE}/events?fieldSelector=involvedObject.name%3Dnone`);
    expect(selected.body.items).toEqual([]);
  });
});
