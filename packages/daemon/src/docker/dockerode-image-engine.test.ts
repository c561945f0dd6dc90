import { once } from 'node:events';
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
