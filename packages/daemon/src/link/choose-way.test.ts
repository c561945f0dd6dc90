import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { answerJson, openApiServer } from '../kubernetes/api-server.fake.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { chooseWay } from './choose-way.ts';

const { signal } = new AbortController();
const hosting = { metadata: {}, data: { 'localRegistryHosting.v1': 'host: localhost:5001\n' } };
const addon = { metadata: { labels: { 'kubernetes.io/minikube-addons': 'registry' } } };
const named = { push: 'a.test', pull: 'b.test', because: 'devloop.yaml' };

/** This machine's Docker Engine, as far as it is asked what it is. */
async function openEngine(): Promise<NodeJS.ProcessEnv> {
  const server = http.createServer((request, response) =>
    answerJson(response, 200, request.url?.endsWith('/info') ? { NCPU: 2 } : { Version: '27.0.0', ApiVersion: '1.46' }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { DOCKER_HOST: host, DOCKER_CONFIG: temporaryFolder() };
}

interface Surroundings {
  readonly runtime: string;
  readonly isLocal?: boolean;
  readonly registry?: typeof named;
  /** What the cluster has, by path. */
  readonly objects?: Readonly<Record<string, unknown>>;
}

async function choose({ runtime, isLocal = true, registry, objects = {} }: Surroundings) {
  const { api, requests } = await openApiServer((_request, response, { pathname }) => {
    const object = objects[pathname];
    answerJson(response, object === undefined ? 404 : 200, object ?? { reason: 'NotFound' });
  });
  const status = { nodeInfo: { containerRuntimeVersion: runtime } };
  const nodes = [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' }, status }];
  const cluster = { product: 'work', isLocal, profile: undefined };
  const env = await openEngine();
  const choosing = chooseWay({ cluster, nodes, api, registry, nodeAddress: '192.168.49.2', env }, signal);
  return { choosing, requests };
}

async function registryOf(surroundings: Surroundings) {
  const { choosing, requests } = await choose(surroundings);
  const { engine, way } = await choosing;
  await using _ = engine;
  return { registry: way.registry, requests };
}

const CONFIG_MAP = '/api/v1/namespaces/kube-public/configmaps/local-registry-hosting';
const SERVICE = '/api/v1/namespaces/kube-system/services/registry';

test('where the nodes run the engine, nothing has to be brought, whatever registry the cluster has', async () => {
  const objects = { [CONFIG_MAP]: hosting };
  expect(await registryOf({ runtime: 'docker://27.0.0', objects })).toEqual({ registry: undefined, requests: [] });
});

test('a registry that the config names is taken, also where none is needed', async () => {
  expect((await registryOf({ runtime: 'docker://27.0.0', registry: named })).registry).toEqual(named);
  expect((await registryOf({ runtime: 'containerd://1.7', registry: named, isLocal: false })).registry).toEqual(named);
});

test('where the nodes run something else, the registry is the one that the cluster says it pulls from', async () => {
  const both = { [CONFIG_MAP]: hosting, [SERVICE]: addon };
  const runtime = 'containerd://1.7';
  expect((await registryOf({ runtime, objects: both })).registry?.push).toBe('localhost:5001');
  expect((await registryOf({ runtime, objects: { [SERVICE]: addon } })).registry?.push).toBe('192.168.49.2:5000');
});

test('without one it is said what is missing', async () => {
  const { choosing } = await choose({ runtime: 'containerd://1.7' });
  await expect(choosing).rejects.toMatchObject({
    code: 'engine/unavailable',
    remedy: expect.stringContaining('`registry: HOST:PORT`'),
  });
});

test('a cluster that only the config vouches for is not asked: nothing is pushed where nobody has said so', async () => {
  const { choosing, requests } = await choose({
    runtime: 'containerd://1.7',
    isLocal: false,
    objects: { [CONFIG_MAP]: hosting },
  });
  await expect(choosing).rejects.toMatchObject({ code: 'engine/unavailable' });
  expect(requests).toEqual([]);
});
