import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { answerJson, openApiServer } from './api-server.fake.ts';
import { Discovery, groupPath, type Resource, resourcePath } from './discovery.ts';

const never = new AbortController().signal;
const all = ['create', 'delete', 'get', 'list', 'watch'];
const core = {
  resources: [
    { name: 'pods', kind: 'Pod', namespaced: true, verbs: all },
    { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
    { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
    { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: all },
    { name: 'events', kind: 'Event', namespaced: true, verbs: all },
  ],
};

async function open(groups: Record<string, unknown>) {
  const { api, requests } = await openApiServer((_request, response, { pathname }) => {
    const answer = groups[pathname];
    if (typeof answer === 'function') answer(response);
    else if (answer === undefined) answerJson(response, 404, {});
    else answerJson(response, 200, answer);
  });
  return { discovery: new Discovery(api), requests };
}

test('finds a kind, not its subresources, and asks once a group', async () => {
  const { discovery, requests } = await open({ '/api/v1': core });
  expect(await discovery.resource('v1', 'Pod', never)).toMatchObject({ name: 'pods', namespaced: true });
  expect(await discovery.resource('v1', 'Namespace', never)).toMatchObject({ namespaced: false });
  expect(requests).toHaveLength(1);
});

test('asks again for a kind that is not known, which may have come since', async () => {
  const groups: Record<string, unknown> = {};
  const { discovery } = await open(groups);
  await expect(discovery.resource('acme.io/v1', 'Web', never)).rejects.toMatchObject({ code: 'deploy/invalid' });
  groups['/apis/acme.io/v1'] = { resources: [{ name: 'webs', kind: 'Web', namespaced: true, verbs: all }] };
  expect(await discovery.resource('acme.io/v1', 'Web', never)).toMatchObject({ name: 'webs' });
});

test('lists what can be deleted, groups without a server left out', async () => {
  const { discovery } = await open({
    '/apis': {
      groups: [
        { versions: [{ groupVersion: 'apps/v1' }], preferredVersion: { groupVersion: 'apps/v1' } },
        { versions: [{ groupVersion: 'down/v1' }], preferredVersion: { groupVersion: 'down/v1' } },
      ],
    },
    '/api/v1': core,
    '/apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: all }] },
    '/apis/down/v1': (response: ServerResponse) => response.writeHead(503).end('unavailable'),
  });
  expect((await discovery.deletable(never)).map(({ kind }) => kind)).toEqual(['Pod', 'Namespace', 'Deployment']);
});

test('lists what can be deleted from what the cluster tells of all groups at once, and asks for no group of them', async () => {
  const resource = (kind: string, more: object = {}) => ({
    resource: `${kind.toLowerCase()}s`,
    responseKind: { kind },
    scope: 'Namespaced',
    verbs: all,
    ...more,
  });
  const { discovery, requests } = await open({
    '/api/v1': core,
    '/apis': {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'batch' },
          versions: [
            { version: 'v1', freshness: 'Current', resources: [resource('Job')] },
            { version: 'v1beta1', resources: [resource('Job'), resource('CronJob')] },
          ],
        },
        {
          metadata: { name: 'rbac.authorization.k8s.io' },
          versions: [{ version: 'v1', resources: [resource('ClusterRole', { scope: 'Cluster' })] }],
        },
        {
          metadata: { name: 'authorization.k8s.io' },
          versions: [{ version: 'v1', resources: [resource('SubjectAccessReview', { verbs: ['create'] })] }],
        },
        // of a server that is down, what it was known for; and one whose resource has nothing but subresources
        {
          metadata: { name: 'down' },
          versions: [{ version: 'v1', freshness: 'Stale', resources: [resource('Gone')] }],
        },
        {
          metadata: { name: 'odd' },
          versions: [{ version: 'v1', resources: [{ resource: 'odds', scope: 'Cluster' }, resource('')] }],
        },
        { metadata: { name: 'empty' }, versions: [{ version: 'v1' }] },
      ],
    },
  });
  const deletable = await discovery.deletable(never);
  expect(deletable.map(({ apiVersion, kind, name, namespaced }) => [apiVersion, kind, name, namespaced])).toEqual([
    ['v1', 'Pod', 'pods', true],
    ['v1', 'Namespace', 'namespaces', false],
    ['batch/v1', 'Job', 'jobs', true],
    ['batch/v1beta1', 'CronJob', 'cronjobs', true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false],
  ]);
  expect(await discovery.resource('batch/v1', 'Job', never)).toMatchObject({ name: 'jobs' });
  expect(requests).toHaveLength(2);
});

test('lists a kind that only another version of its group has, and each kind once', async () => {
  // Kubernetes 1.20: CronJob is batch/v1beta1's, Job is batch/v1's
  const jobs = { name: 'jobs', kind: 'Job', namespaced: true, verbs: all };
  const cronJobs = { name: 'cronjobs', kind: 'CronJob', namespaced: true, verbs: all };
  const { discovery } = await open({
    '/apis': {
      groups: [
        {
          versions: ['v1', 'v1beta1', 'v2alpha1'].map((version) => ({ groupVersion: `batch/${version}` })),
          preferredVersion: { groupVersion: 'batch/v1' },
        },
      ],
    },
    '/api/v1': { resources: [] },
    '/apis/batch/v1': { resources: [jobs] },
    '/apis/batch/v1beta1': { resources: [jobs, cronJobs] },
    '/apis/batch/v2alpha1': { resources: [cronJobs] },
  });
  const deletable = await discovery.deletable(never);
  expect(deletable.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    'batch/v1 Job',
    'batch/v1beta1 CronJob',
  ]);
});

test('all groups and kinds are asked for over a few connections', async () => {
  const versions = Array.from({ length: 12 }, (_, index) => `group-${index}/v1`);
  const connections = new Set<unknown>();
  const { api } = await openApiServer((request, response, { pathname }) => {
    connections.add(request.socket);
    if (pathname === '/apis') {
      const groups = versions.map((groupVersion) => ({
        versions: [{ groupVersion }],
        preferredVersion: { groupVersion },
      }));
      answerJson(response, 200, { groups });
    } else answerJson(response, 200, pathname === '/api/v1' ? core : { resources: [kindOf(pathname)] });
  });
  const kindOf = (path: string) => ({ name: 'webs', kind: `Web ${path}`, namespaced: true, verbs: all });
  const discovery = new Discovery(api);
  const ask = async (resource: Resource) => {
    await api.json(resourcePath(resource, undefined), { signal: never });
    return resource.kind;
  };
  const kinds = await discovery.ofEach(await discovery.deletable(never), ask, never);
  expect(kinds).toEqual(['Pod', 'Namespace', ...versions.map((version) => `Web /apis/${version}`)]);
  expect(connections.size).toBeLessThanOrEqual(4);
});

test('who gives up does not fail those who asked for the same', async () => {
  const controller = new AbortController();
  const reason = new Error('gave up');
  let asked = 0;
  const { discovery } = await open({
    '/api/v1': (response: ServerResponse) => {
      asked += 1;
      if (asked === 1) controller.abort(reason);
      else answerJson(response, 200, core);
    },
  });
  const first = discovery.resource('v1', 'Pod', controller.signal);
  const second = discovery.resource('v1', 'Pod', never);
  await expect(first).rejects.toBe(reason);
  expect(await second).toMatchObject({ name: 'pods' });
});

test('paths', () => {
  expect([groupPath('v1'), groupPath('apps/v1')]).toEqual(['/api/v1', '/apis/apps/v1']);
  const pods = { apiVersion: 'v1', kind: 'Pod', name: 'pods', namespaced: true, verbs: [] };
  expect(resourcePath(pods, 'shop', 'a')).toBe('/api/v1/namespaces/shop/pods/a');
  expect(resourcePath(pods, undefined)).toBe('/api/v1/pods');
  expect(resourcePath({ ...pods, namespaced: false }, 'shop', 'a:b')).toBe('/api/v1/pods/a%3Ab');
});
