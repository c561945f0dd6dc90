import { once } from 'node:events';
import https from 'node:https';
import { describe, expect, test } from 'vitest';
import { openSandboxApi } from './open-api-server.fake.ts';

const NAMESPACE = '/api/v1/namespaces/default';
const configMap = (name: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

describe('who may ask', () => {
  test('nobody without credentials, except for the health', async () => {
    const { url, certificates } = await openSandboxApi();
    const agent = new https.Agent({ ca: certificates.ca });
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const [answer] = await once(https.get(new URL(path, url), { agent, headers }), 'response');
      answer.resume();
      return answer.statusCode;
    };
    expect(await ask('/api/v1/pods')).toBe(401);
    expect(await ask('/api/v1/pods', { authorization: 'Bearer wrong' })).toBe(401);
    expect(await ask('/api/v1/pods', { authorization: 'Bearer secret' })).toBe(200);
    expect(await ask('/readyz')).toBe(200);
    agent.destroy();
  });
});

describe('what the API tells of itself', () => {
  test('its version, its groups and their resources', async () => {
    const { request } = await openSandboxApi();
    expect((await request('GET', '/version')).body.major).toBe('1');
    const groups = (await request('GET', '/apis')).body.groups.map(({ name }: { name: string }) => name);
    expect(groups).toContain('apps');
    const { resources } = (await request('GET', '/apis/apps/v1')).body;
    expect(resources).toContainEqual(
      expect.objectContaining({ name: 'deployments', kind: 'Deployment', namespaced: true, shortNames: ['deploy'] }),
    );
    expect(resources.map(({ name }: { name: string }) => name)).toContain('deployments/scale');
    const all = await request('GET', '/apis', undefined, {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    });
    expect(all.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    expect(all.body.kind).toBe('APIGroupDiscoveryList');
    const { paths } = (await request('GET', '/openapi/v3')).body;
    const document = (await request('GET', paths['apis/apps/v1'].serverRelativeURL)).body;
    expect(document.components.schemas['io.k8s.api.PodSpec'].properties.containers).toMatchObject({
      'x-kubernetes-patch-merge-key': 'name',
    });
    const older = await request('GET', '/openapi/v2');
    expect(older.headers['content-type']).toContain('protobuf');
    expect(older.body).toContain('/apis/apps/v1/namespaces/{namespace}/deployments/{name}');
  });

  test('what it does not know is not found', async () => {
    const { request } = await openSandboxApi();
    expect((await request('GET', '/apis/apps/v1/things')).body).toMatchObject({ kind: 'Status', reason: 'NotFound' });
    expect((await request('GET', '/nope')).body).toBe('404 page not found\n');
    expect((await request('PUT', `${NAMESPACE}/configmaps`, {})).status).toBe(405);
  });
});

describe('streams of pods', () => {
  test('log, exec and port-forward are the kubelet’s to answer', async () => {
    const { request, url, agent } = await openSandboxApi();
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    await request('POST', `${NAMESPACE}/pods`, pod);
    expect((await request('GET', `${NAMESPACE}/pods/p/log?tailLines=1`)).body).toBe('log of p tailLines=1\n');
    const upgrade = (path: string) =>
      https.get(new URL(path, url), { agent, headers: { connection: 'upgrade', upgrade: 'websocket' } });
    const [, socket, head] = await once(upgrade(`${NAMESPACE}/pods/p/exec?command=ls`), 'upgrade');
    const said = Buffer.concat([head, ...(await socket.toArray())]).toString();
    expect(said).toBe('exec in p command=ls');
    const [refusal] = await once(upgrade(`${NAMESPACE}/pods/none/exec`), 'response');
    expect(refusal.statusCode).toBe(404);
    refusal.resume();
    expect((await request('GET', `${NAMESPACE}/pods/p/exec`)).body.message).toBe('Upgrade request required');
  });
});

describe('faults', () => {
  test('as many requests fail as were told to', async () => {
    const { server, request } = await openSandboxApi();
    using _ = server.faults.fail({
      method: 'GET',
      path: /configmaps/,
      times: 1,
      status: 503,
      reason: 'ServiceUnavailable',
      message: 'etcd is away',
    });
    expect((await request('GET', '/api/v1/pods')).status).toBe(200);
    expect((await request('GET', '/api/v1/configmaps')).body).toMatchObject({ code: 503, message: 'etcd is away' });
    expect((await request('GET', '/api/v1/configmaps')).status).toBe(200);
  });

  test('an expired history ends continued lists and watches with 410', async () => {
    const { server, request } = await openSandboxApi();
    for (const name of ['a', 'b']) await request('POST', `${NAMESPACE}/configmaps`, configMap(name));
    const page = (await request('GET', `${NAMESPACE}/configmaps?limit=1`)).body;
    expect(page.items).toHaveLength(1);
    await request('POST', `${NAMESPACE}/configmaps`, configMap('c'));
    const next = `${NAMESPACE}/configmaps?limit=5&continue=${page.metadata.continue}`;
    const names = (await request('GET', next)).body.items.map(
      (item: { metadata: { name: string } }) => item.metadata.name,
    );
    expect(names).toEqual(['b']);
    server.faults.expireHistory();
    expect((await request('GET', next)).body).toMatchObject({ code: 410, reason: 'Expired' });
    const version = page.metadata.resourceVersion;
    const watch = await request('GET', `${NAMESPACE}/configmaps?watch=true&resourceVersion=${version}`);
    expect(watch.body).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });
});
