import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { DockerodeImageEngine } from './dockerode-image-engine.ts';

/** Where something takes connections and never says anything. */
async function silentEngine() {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, address: { host, tls: undefined, because: 'a test' } };
}

test('an engine that does not answer is given up for the reason of who gives it up', async () => {
  const { server, address } = await silentEngine();
  const controller = new AbortController();
  const asked = once(server, 'connection');
  const connecting = DockerodeImageEngine.connect(address, controller.signal);
  const reason = new Error('another cluster was chosen');
  await asked;
  controller.abort(reason);
  await expect(connecting).rejects.toBe(reason);
});

test('an engine that does not answer in time is said to be unreachable', async () => {
  const { address } = await silentEngine();
  const connecting = DockerodeImageEngine.connect(address, new AbortController().signal, 50);
  await expect(connecting).rejects.toMatchObject({
    code: 'engine/unreachable',
    message: expect.stringMatching(/0\.05 s/),
  });
});

test('a container that ends while it is asked about has run for no time, not since the year 1', async () => {
  const answers: Readonly<Record<string, unknown>> = {
    '/version': { Version: '20.10.24', ApiVersion: '1.41' },
    '/info': {},
    '/containers/web/json': { State: { Running: true, StartedAt: '2026-01-01T12:00:00.5Z' } },
    // of a container that does not run the engine has no figures; the time is Go's zero
    '/containers/web/stats': { read: '0001-01-01T00:00:00Z', cpu_stats: { cpu_usage: { total_usage: 0 } } },
  };
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://engine');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[pathname] ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const engine = await DockerodeImageEngine.connect({ host, tls: undefined, because: 'a test' }, signal);
  expect(await engine.container('web', signal)).toEqual({ runs: true, forMs: 0, cpuMs: 0 });
});
