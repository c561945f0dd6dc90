import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import { EventLog } from '../state/event-log.ts';
import { PortForwards } from './port-forwards.ts';

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a connection that comes while the cluster is lost waits, and holds nothing else up', async () => {
  const closed = { signal: AbortSignal.abort() } as ClusterSession;
  const local = await freePort();
  await using forwards = new PortForwards({
    log: new EventLog(),
    session: () => closed,
    contents: () => [],
    onBug: (error) => {
      throw error;
    },
  });
  const web = { name: 'web', manifests: [] } as Partial<ServiceSpec> as ServiceSpec;
  await forwards.sync([web], [{ service: 'web', local, port: 80, address: undefined, chosen: false }]);

  const socket = net.connect(local, '127.0.0.1');
  await once(socket, 'connect');
  const second = net.connect(local, '127.0.0.1'); // it is accepted only by a daemon that has come to rest
  await once(second, 'connect');
  expect([socket.destroyed, second.destroyed]).toEqual([false, false]);

  const gone = Promise.all([once(socket, 'close'), once(second, 'close')]);
  await forwards.sync([web], []);
  await gone;
});
