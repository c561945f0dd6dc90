import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ConnectionLoad } from '../rig/connection-load.ts';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { eventOf } from '../rig/expected-events.ts';
import { freePort } from '../rig/free-port.ts';
import { plainRequest } from '../rig/http-answer.ts';
import { openRig } from '../rig/open-rig.ts';

test('no new connection is refused or reset through a swap and a rolling update', async () => {
  await using rig = await openRig('hello-service');
  const port = await freePort();
  const config = `services:\n  hello:\n    ports: ["${port}:8080"]\n`;
  await rig.writeConfig(config);
  await rig.up();
  await using load = new ConnectionLoad({ host: '127.0.0.1', port }, 20);
  for (const rollout of ['swap', 'rolling'] as const) {
    const before = rig.mark();
    await rig.writeConfig(`${config}    rollout: ${rollout}\n`);
    await rig.event(eventOf('pass-ended', { service: 'hello', outcome: 'live', kind: 'none' }), before);
    const since = rig.mark();
    await rig.writeAtomic('hello/message.txt', unique(rollout));
    await rig.event(eventOf('pass-ended', { service: 'hello', outcome: 'live', kind: rollout }), since);
  }
  await load[Symbol.asyncDispose]();
  const outcomes = load.take();
  expect(outcomes.length).toBeGreaterThan(20);
  expect(outcomes.filter(({ ended }) => ended !== 'answered')).toEqual([]);
});

/** Echoes on 8080; on 8081 says how much came, once the client has ended its side; on 8082 sends 64 MB. */
const PROGRAM = `const net = require('node:net');
const serve = (port, take) => net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  take(socket);
}).listen(port);
serve(8080, (socket) => socket.pipe(socket));
serve(8081, (socket) => {
  let count = 0;
  socket.on('data', (bytes) => { count += bytes.length; });
  socket.on('end', () => socket.end(String(count)));
});
serve(8082, (socket) => {
  socket.resume();
  socket.end(Buffer.alloc(64_000_000, 'devloop '));
});
process.on('SIGTERM', () => process.exit(0));
`;

async function openProgram(): Promise<{ rig: DevloopRig; echo: number; counter: number; sender: number }> {
  const rig = await openRig('hello-service');
  const [echo, counter, sender] = [await freePort(), await freePort(), await freePort()];
  await rig.write('hello/server.js', PROGRAM);
  await rig.writeConfig(`services:\n  hello:\n    ports: ["${echo}:8080", "${counter}:8081", "${sender}:8082"]\n`);
  await rig.up();
  return { rig, echo, counter, sender };
}

test('half-close, two hundred connections, large transfers both ways, and IPv6', async () => {
  const { rig, echo, counter, sender } = await openProgram();
  await using _rig = rig;
  const connect = (port: number, host = '127.0.0.1') => net.connect({ port, host, allowHalfOpen: true });

  const counted = connect(counter);
  counted.end(Buffer.alloc(20_000_000));
  expect(await text(counted)).toBe('20000000');

  const sockets = Array.from({ length: 200 }, () => connect(echo));
  const echoed = sockets.map(async (socket, index) => {
    socket.write(`${index}`);
    const [bytes] = await once(socket, 'data');
    return String(bytes);
  });
  expect(await Promise.all(echoed)).toEqual(sockets.map((_, index) => String(index)));
  for (const socket of sockets) socket.destroy();

  const received = await buffer(connect(sender, '::1'));
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect(received.length).toBe(64_000_000);
  expect(hash(received)).toBe(hash(Buffer.alloc(64_000_000, 'devloop ')));
});

test('ports that nobody named are chosen, kept by the next daemon, shown, opened, added and removed', async () => {
  await using rig = await openRig('hello-service');
  await rig.up();
  const chosen = async () => (await rig.service('hello')).forwards;
  const [first] = await chosen();
  if (first === undefined) throw new Error('nothing was chosen');
  expect(first).toMatchObject({ port: 'http', status: 'listening', chosen: true });
  const message = (await rig.read('hello/message.txt')).trim();
  expect((await plainRequest(`http://localhost:${first.local}/`)).body).toBe(message);

  await rig.devloop(['stop']);
  await rig.devloop(['up', '-d']);
  expect(await chosen()).toEqual([first]);

  const listed = await rig.devloop(['ports']);
  expect(listed.stdout).toMatch(new RegExp(`hello +localhost:${first.local} +http +forward, chosen by devloop`));
  const opened = await rig.devloop(['open', 'hello']);
  expect(opened.stdout).toContain(`http://localhost:${first.local}`);

  const local = await freePort();
  await rig.devloop(['ports', 'add', 'service/hello', `${local}:80`]);
  expect((await plainRequest(`http://localhost:${local}/`)).body).toBe(message);
  const { others } = JSON.parse((await rig.devloop(['ports', '--json'])).stdout);
  expect(others).toEqual([{ to: 'service/hello', local, port: 80, status: 'listening' }]);
  await rig.devloop(['ports', 'remove', 'service/hello', String(local)]);
  await expect(plainRequest(`http://localhost:${local}/`)).rejects.toThrow(/ECONNREFUSED/);

  const since = rig.mark();
  await rig.writeConfig('services:\n  hello:\nchoosePorts: false\n');
  await rig.catchUp();
  await rig.event(eventOf('forward-changed', { status: 'closed', local: first.local }), since);
  expect(await chosen()).toEqual([]);
});
