import dgram from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { FakeObjectStore } from '../ports/object-store.fake.ts';
import { DnsServer } from './dns-server.ts';

const address = '127.0.0.1';
const domain = 'cluster.local';

test('any port will do, for datagrams and connections alike', async () => {
  const store = new FakeObjectStore();
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const metadata = { name: 'web', namespace: 'default' };
  store.create('services', { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: '10.96.3.4' } });
  await using server = await DnsServer.open({ store, address, port: 0, domain });
  const resolver = new Resolver();
  resolver.setServers([`${address}:${server.port}`]);
  expect(await resolver.resolve4(`web.default.svc.${domain}`)).toEqual(['10.96.3.4']);
  const connection = net.connect(server.port, address);
  await once(connection, 'connect');
  connection.destroy();
});

test('a port that is taken for connections is told, and left to others for datagrams', async () => {
  await using taken = net.createServer().listen(0, address);
  await once(taken, 'listening');
  const { port } = taken.address() as net.AddressInfo;
  const open = DnsServer.open({ store: new FakeObjectStore(), address, port, domain });
  await expect(open).rejects.toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
  const other = dgram.createSocket('udp4').bind(port, address);
  await once(other, 'listening');
  other.close();
});
