import dgram from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { PLACES_AS_THEY_ARE } from '../ports/place.ts';
import { BackendChoice } from './backend-choice.ts';
import { NodePorts } from './node-ports.ts';
import type { Frontend } from './service-table.ts';
import { UdpProxy } from './udp-proxy.ts';

const [a, b] = ['10.244.0.2', '10.244.0.3'].map((address) => ({ address, port: 80 }));
const frontend = (more: Partial<Frontend>): Frontend => ({
  address: '10.96.0.5',
  port: 80,
  protocol: 'TCP',
  isNodePort: false,
  isSticky: false,
  backends: [a, b].flatMap((backend) => backend ?? []),
  ...more,
});

test('backends take turns, unless a client is to stay with its own', () => {
  const turns = new BackendChoice(frontend({}));
  expect([1, 2, 3].map(() => turns.for('client'))).toEqual([a, b, a]);
  const sticky = new BackendChoice(frontend({ isSticky: true }));
  expect(['x', 'y', 'x', 'y'].map((client) => sticky.for(client))).toEqual([a, b, a, b]);
  sticky.lead(frontend({ isSticky: true, backends: b === undefined ? [] : [b] }));
  expect(sticky.for('x')).toEqual(b);
  sticky.lead(frontend({ backends: [] }));
  expect(sticky.for('z')).toBeUndefined();
});

test('who opens the ports of the node is told when they change, and only then', () => {
  const ports = new NodePorts();
  let told = 0;
  using _listening = ports.listen(() => told++);
  const wanted = [30_001, 30_000].map((port) => ({ port, protocol: 'TCP' as const }));
  ports.set(wanted);
  ports.set(wanted.toReversed());
  expect(ports.list.map(({ port }) => port)).toEqual([30_000, 30_001]);
  expect(told).toBe(1);
});

test('datagrams reach a pod, and its answers the client', async () => {
  const [pod, client, free] = [dgram.createSocket('udp4'), dgram.createSocket('udp4'), dgram.createSocket('udp4')];
  for (const socket of [pod, client, free]) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  pod.on('message', (bytes, { port, address }) => pod.send(`echo ${bytes}`, port, address));
  const { port } = free.address();
  await new Promise<void>((resolve) => free.close(resolve));
  const backends = [{ address: '127.0.0.1', port: pod.address().port }];
  using _proxy = new UdpProxy(frontend({ address: '127.0.0.1', port, protocol: 'UDP', backends }), PLACES_AS_THEY_ARE);
  for (const word of ['one', 'two']) {
    client.send(word, port, '127.0.0.1');
    const [answer] = await once(client, 'message');
    expect(String(answer)).toBe(`echo ${word}`);
  }
  pod.close();
  client.close();
});
