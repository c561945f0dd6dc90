import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openSandboxApi } from './open-api-server.fake.ts';

const SERVICES = '/api/v1/namespaces/default/services';

/** A Service `web` on port 80 whose only endpoint is this server. */
async function openService() {
  const sandbox = await openSandboxApi();
  const pod = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    response.writeHead(418, { 'content-type': 'text/plain' });
    response.end(`${request.method} ${request.url} ${body}`);
  });
  pod.listen(0, '127.0.0.1');
  await once(pod, 'listening');
  onTestFinished(() => void pod.close());
  const ports = [{ name: 'http', port: 80 }];
  await sandbox.request('POST', SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports },
  });
  const { port } = pod.address() as AddressInfo;
  const slice = (endpoints: object[]) =>
    sandbox.server.store.create('endpointslices.discovery.k8s.io', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port }],
      endpoints,
    });
  return { ...sandbox, slice, pod };
}

test('a request goes to a pod of the Service as it is', async () => {
  const { request, slice } = await openService();
  slice([{ addresses: ['127.0.0.9'], conditions: { ready: false } }, { addresses: ['127.0.0.1'] }]);
  for (const port of ['80', 'http']) {
    const { status, body } = await request('POST', `${SERVICES}/web:${port}/proxy/a%20b/c/?d=e%20f+g&h`, { f: 1 });
    expect([status, body]).toEqual([418, 'POST /a%20b/c/?d=e%20f+g&h {"f":1}']);
  }
});

test('its path is written anew, as the real API server writes it', async () => {
  const { request, slice } = await openService();
  slice([{ addresses: ['127.0.0.1'] }]);
  for (const [asked, passed] of [
    ['a,b/c%2Cd/p;q=1/e%3Bf', 'a,b/c,d/p;q=1/e;f'],
    ['m@n:o+r&s=$t!u(v)*w', 'm@n:o+r&s=$t%21u%28v%29%2Aw'],
    ["it's~_-./%C3%A9%7Bx%7D/%7C%22", 'it%27s~_-./%C3%A9%7Bx%7D/%7C%22'],
    ['q%3Fr/w%23v/%5B1%5D[2]/a%2Fb/100%25', 'q%3Fr/w%23v/%5B1%5D%5B2%5D/a/b/100%25'],
  ]) {
    expect((await request('GET', `${SERVICES}/web:80/proxy/${asked}`)).body).toBe(`GET /${passed} `);
  }
});

test('without a pod, or a pod that answers, the Service is unavailable', async () => {
  const { request, slice, pod } = await openService();
  const missing = await request('GET', `${SERVICES}/web:http/proxy/`);
  expect([missing.status, missing.body.message]).toEqual([503, 'no endpoints available for service "web:http"']);
  slice([{ addresses: ['127.0.0.1'] }]);
  pod.close();
  await once(pod, 'close');
  const refused = await request('GET', `${SERVICES}/web:http/proxy/`);
  expect([refused.status, refused.body.message]).toEqual([
    503,
    expect.stringContaining('error trying to reach service'),
  ]);
  expect((await request('GET', `${SERVICES}/none/proxy/`)).body.message).toBe('services "none" not found');
});
