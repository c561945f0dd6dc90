import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { inNamespaces } from './host/isolation.ts';
import type { KubeObject } from './ports/kube-object.ts';

const PROGRAM = fileURLToPath(new URL('./cluster-node.fake.ts', import.meta.url));

// Every step starts processes, of Node's size, in namespaces of their own.
vi.setConfig({ testTimeout: 20_000 });

let folder: string;
let node: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cluster-node-'));
  const [program = '', ...args] = inNamespaces([process.execPath, PROGRAM, folder]);
  node = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(node.stdout as NodeJS.ReadableStream, 'data');
  await call('images?name=web:1', ['node', '-e', SERVER]);
  await call('images?name=busybox:1', ['sleep', '1000']);
});

afterAll(async () => {
  const exited = once(node, 'exit');
  node.stdin?.end();
  expect(await exited).toEqual([0, null]); // nothing that is left open keeps it from ending
  await rm(folder, { recursive: true });
});

/** Answers its own name over HTTP, and again what it is sent on another port of its loopback address. */
const SERVER = `
  const { hostname } = require('node:os');
  console.log('listening');
  require('node:http').createServer((_, response) => response.end(process.env.NAME)).listen(8080);
  require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (bytes) => socket.write('echo ' + bytes)).on('end', () => socket.end('bye'));
  }).listen(9090, '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));`;

async function call(target: string, body?: unknown): Promise<http.IncomingMessage> {
  const request = http.request({ socketPath: path.join(folder, 'api.sock'), path: `/${target}`, method: 'POST' });
  request.end(JSON.stringify(body ?? null));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return response;
}

async function until<T>(resource: string, pick: (objects: KubeObject[]) => T | undefined): Promise<T> {
  const response = await call(`watch/${resource}`);
  try {
    for await (const line of createInterface(response)) {
      const found = pick(JSON.parse(line));
      if (found !== undefined) return found;
    }
    throw new Error('the watch has ended');
  } finally {
    response.destroy();
  }
}

async function create(resource: string, kind: string, name: string, spec: object, more: object = {}): Promise<void> {
  const metadata = { name, namespace: 'shop', labels: { app: name } };
  await call(`create/${resource}`, { apiVersion: 'v1', kind, metadata, spec, ...more });
}

/** A pod of the server, ready. */
async function pod(name: string, container: object = {}): Promise<KubeObject> {
  const image = 'web:1';
  const env = [{ name: 'NAME', value: name }];
  const web = { name: 'web', image, imagePullPolicy: 'Never', env, ...container };
  await create('pods', 'Pod', name, { containers: [web], terminationGracePeriodSeconds: 2 });
  return await ready(name);
}

function ready(name: string): Promise<KubeObject> {
  return until('pods', (pods) =>
    pods.find(({ metadata, status }) => {
      const condition = status?.conditions?.find(({ type }: { type: string }) => type === 'Ready');
      return metadata.name === name && condition?.status === 'True';
    }),
  );
}

/** What a command prints that is run in a pod. */
async function run(name: string, ...command: string[]): Promise<{ output: string; status: KubeObject['status'] }> {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  const socket = webSocket(`pods/${name}/exec?${query}`, 'v5.channel.k8s.io');
  let output = '';
  let status: unknown;
  socket.on('message', (message: Buffer) => {
    if (message[0] === 3) status = JSON.parse(message.subarray(1).toString());
    else output += message.subarray(1).toString();
  });
  await once(socket, 'close');
  return { output, status };
}

function webSocket(target: string, protocol: string): WebSocket {
  return new WebSocket(`ws+unix:${path.join(folder, 'api.sock')}:/${target}`, protocol);
}

const probed = { readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 0.05 } };
const fetched = (url: string) =>
  `fetch('${url}').then((r) => r.text()).then(console.log, (e) => console.log(e.cause.code))`;

test('pods have addresses of their own and reach each other', async () => {
  const [one, two] = await Promise.all([pod('one', probed), pod('two', probed)]);
  const [a, b]: string[] = [one['status'].podIP, two['status'].podIP];
  expect(a).toMatch(/^10\.244\.\d+\.\d+$/);
  expect(a).not.toBe(b);
  expect((await run('one', 'node', '-e', fetched(`http://${b}:8080`))).output).toBe('two\n');
});

test('an address has the same link address for ever, whichever pods come and go', async () => {
  const [one, two] = await Promise.all([pod('steady', probed), pod('other', probed)]);
  const addresses: string[] = [one['status'].podIP, two['status'].podIP, '10.244.0.1'];
  const script = `const { readFileSync } = require('node:fs');
    const own = require('node:os').networkInterfaces().eth0[0];
    const asked = ${JSON.stringify(addresses)}.map((address) => fetch('http://' + address + ':8080').catch(() => undefined));
    Promise.all(asked).then(() => {
      const rows = readFileSync('/proc/net/arp', 'utf8').trim().split('\\n').map((row) => row.split(/\\s+/));
      const known = Object.fromEntries(rows.map(([address, , , link]) => [address, link]));
      console.log(JSON.stringify({ ...known, [own.address]: own.mac }));
    });`;
  const derived = (address: string) => [10, 88, ...address.split('.')].map((byte) => Number(byte).toString(16));
  const expected = addresses.map((address) => [
    address,
    derived(address)
      .map((hex) => hex.padStart(2, '0'))
      .join(':'),
  ]);
  expect(JSON.parse((await run('steady', 'node', '-e', script)).output)).toMatchObject(Object.fromEntries(expected));
});

test('a Service leads to its pods by name and by a port of the node, and refuses without any', async () => {
  await pod('shop', probed);
  const ports = [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }];
  await create('services', 'Service', 'shop', {
    type: 'NodePort',
    clusterIP: '10.96.3.4',
    selector: { app: 'shop' },
    ports,
  });
  await until('endpoints', (all) =>
    all.find(({ metadata, subsets }) => metadata.name === 'shop' && subsets?.[0]?.addresses),
  );
  expect((await run('shop', 'node', '-e', fetched('http://10.96.3.4'))).output).toBe('shop\n');
  const domain = 'shop.svc.cluster.local';
  const names = [
    [`shop.${domain}`, 'A'],
    [`_http._tcp.shop.${domain}`, 'SRV'],
    [`shop.${domain}`, 'AAAA'],
    [`nothing.${domain}`, 'A'],
    ['example.com', 'A'],
  ];
  const ask = `const r = new (require('node:dns').promises.Resolver)(); r.setServers(['10.96.0.10']);
    const all = ${JSON.stringify(names)}.map(([name, type]) => r.resolve(name, type).catch((e) => e.code));
    Promise.all(all).then((answers) => console.log(JSON.stringify(answers)));`;
  expect(JSON.parse((await run('shop', 'node', '-e', ask)).output)).toMatchObject([
    ['10.96.3.4'],
    [{ name: `shop.${domain}`, port: 80, priority: 0, weight: 100 }],
    'ENODATA',
    'ENOTFOUND',
    'ESERVFAIL',
  ]);

  expect(JSON.parse(await text(await call('node-ports')))).toEqual([{ port: 30080, protocol: 'TCP' }]);
  expect(await tunnelled('10.244.0.1 30080')).toContain('shop');
  await call('delete/pods/shop');
  await until('endpoints', (all) => all.find(({ metadata, subsets }) => metadata.name === 'shop' && !subsets));
  expect((await run('one', 'node', '-e', fetched('http://10.96.3.4'))).output).toBe('ECONNREFUSED\n');
  expect(await tunnelled('10.244.0.1 30080')).toBe('');
});

/** What an HTTP server answers that is reached through the tunnel; empty where none is. */
async function tunnelled(line: string): Promise<string> {
  const socket = net.connect(path.join(folder, 'tunnel.sock'));
  socket.on('error', () => undefined);
  socket.write(`${line}\nGET / HTTP/1.0\r\n\r\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    answer += part;
  });
  await once(socket, 'close');
  return answer;
}

test('a log is told whole, from its end, by time, and as it is written', async () => {
  await call('images?name=lines:1', ['sh', '-c', 'for i in 1 2 3; do echo line $i; done; read x; echo last']);
  const more = { image: 'lines:1' };
  await pod('lines', more);
  const log = async (query: string) => text(await call(`log/x/lines?${query}`));
  const follow = await call('log/x/lines?follow=true');
  let followed = '';
  for await (const part of follow.setEncoding('utf8')) {
    followed += part;
    if (followed.endsWith('3\n')) break;
  }
  expect(followed).toBe('line 1\nline 2\nline 3\n');
  expect(await log('tailLines=1')).toBe('line 3\n');
  expect(await log('limitBytes=8')).toBe('line 1\nl');
  expect(await log('timestamps=true&tailLines=1')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line 3\n$/);
  expect(await log(`sinceTime=${new Date(Date.now() + 60_000).toISOString()}`)).toBe('');
  const refusal = await call('log/x/lines?container=nothing');
  expect(refusal.statusCode).toBe(400);
  expect(JSON.parse(await text(refusal))).toMatchObject({
    kind: 'Status',
    reason: 'BadRequest',
    message: 'container nothing is not valid for pod lines',
  });
  expect(JSON.parse(await log('previous=true'))).toMatchObject({
    message: 'previous terminated container "web" in pod "lines" not found',
  });
  expect(JSON.parse(await log('tailLines=-1'))).toMatchObject({ code: 422, reason: 'Invalid' });
});

test('a container that waits has no log yet', async () => {
  const containers = [{ name: 'web', image: 'nothing:1', imagePullPolicy: 'Never' }];
  await create('pods', 'Pod', 'waiting', { containers });
  await until('pods', (pods) =>
    pods.find(
      ({ metadata, status }) => metadata.name === 'waiting' && status?.containerStatuses?.[0].state.waiting?.message,
    ),
  );
  const response = await call('log/x/waiting');
  expect(response.statusCode).toBe(400);
  expect(JSON.parse(await text(response))['message']).toBe(
    'container "web" in pod "waiting" is waiting to start: ErrImageNeverPull',
  );
});

test('a log that is followed ends with its container, and the one before is kept', async () => {
  const exec = { command: ['test', '!', '-e', `${folder}/dead`] };
  await pod('restarted', { ...probed, livenessProbe: { exec, periodSeconds: 0.05 } });
  const followed = await call('log/x/restarted?follow=true');
  await writeFile(`${folder}/dead`, '');
  expect(await text(followed)).toBe('listening\n');
  await rm(`${folder}/dead`);
  await until('pods', (pods) =>
    pods.find(({ metadata, status }) => metadata.name === 'restarted' && status.containerStatuses[0].restartCount > 0),
  );
  expect(await text(await call('log/x/restarted?previous=true'))).toBe('listening\n');
  await call('delete/pods/restarted');
});

test('a command runs in a pod, and its exit code is told', async () => {
  await pod('exec');
  expect(await run('exec', 'sh', '-c', 'echo out; echo err >&2')).toEqual({
    output: expect.stringMatching(/^(out\nerr\n|err\nout\n)$/),
    status: { metadata: {}, status: 'Success' },
  });
  expect((await run('exec', 'sh', '-c', 'exit 3')).status).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'command terminated with exit code 3',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  });
  const socket = webSocket('pods/exec/exec?command=cat&stdin=true&stdout=true', 'v5.channel.k8s.io');
  const [connected] = await Promise.all([once(socket, 'message'), once(socket, 'open')]);
  expect(connected[0]).toEqual(Buffer.of(1));
  socket.send(Buffer.from('\0typed'));
  socket.send(Buffer.of(255, 0));
  const messages: string[] = [];
  socket.on('message', (message: Buffer) => messages.push(message.toString()));
  await once(socket, 'close');
  expect(messages).toEqual(['\x01typed', '\x03{"metadata":{},"status":"Success"}']);
});

test.each([
  ['a port of the pod', 8080],
  ['a port of its loopback address', 9090],
])('%s is forwarded', async (_what, port) => {
  const name = `forward-${port}`;
  await pod(name, probed);
  const socket = webSocket(`pods/${name}/portforward?ports=${port}`, 'v4.channel.k8s.io');
  const messages: Buffer[] = [];
  socket.on('message', (message: Buffer) => messages.push(message));
  await once(socket, 'open');
  socket.send(Buffer.from(port === 8080 ? '\0GET / HTTP/1.0\r\n\r\n' : '\0hello'));
  const expected = port === 8080 ? name : 'echo hello';
  const isThere = () => Buffer.concat(messages).toString().includes(expected);
  while (!isThere()) await once(socket, 'message');
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(port);
  expect(messages.slice(0, 2)).toEqual([Buffer.concat([Buffer.of(0), bytes]), Buffer.concat([Buffer.of(1), bytes])]);
  socket.close();
});

test('SPDY is tunnelled through a WebSocket, as kubectl does', async () => {
  await pod('tunnelled', probed);
  const request = http.request({
    socketPath: path.join(folder, 'api.sock'),
    path: '/pods/tunnelled/portforward',
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      'Sec-WebSocket-Protocol': 'SPDY/3.1+portforward.k8s.io',
    },
  });
  request.end();
  const [response, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, net.Socket];
  expect(response.headers['sec-websocket-protocol']).toBe('SPDY/3.1+portforward.k8s.io');
  const ping = Buffer.from('800300060000000400000001', 'hex');
  socket.write(Buffer.concat([Buffer.of(0x82, 0x80 | ping.length, 0, 0, 0, 0), ping])); // masked with noughts
  const [answer] = await once(socket, 'data');
  expect(answer).toEqual(Buffer.concat([Buffer.of(0x82, ping.length), ping]));
  socket.destroy();
});

test.each<[string, number, string, object]>([
  ['has-no-node', 400, 'pod has-no-node does not have a host assigned', { nodeSelector: { no: 'such' } }],
  ['is-not-made', 500, 'pod not found ("is-not-made_shop")', { volumes: [{ name: 'x', configMap: { name: 'no' } }] }],
])('a port of a pod without a network is refused: one that %s is answered %i', async (name, status, says, spec) => {
  await create('pods', 'Pod', name, { containers: [{ name: 'web', image: 'busybox:1' }], ...spec });
  const isThere = ({ metadata, spec: { nodeName } }: KubeObject) =>
    metadata.name === name && (nodeName !== undefined) === (status === 500);
  await until('pods', (pods) => pods.find(isThere));
  const socket = webSocket(`pods/${name}/portforward?ports=7070`, 'v4.channel.k8s.io');
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, http.IncomingMessage];
  expect(response.statusCode).toBe(status);
  expect(await text(response)).toContain(says);
});

test.each<[string, object]>([
  ['deaf', {}],
  ['initialising', { initContainers: [{ name: 'first', image: 'busybox:1' }] }],
  ['without-image', { containers: [{ name: 'web', image: 'no:such', imagePullPolicy: 'Never' }] }],
])('a port that nothing listens on is told on the error channel, of a pod that is %s', async (name, spec) => {
  await create('pods', 'Pod', name, { containers: [{ name: 'web', image: 'busybox:1' }], ...spec });
  await until('pods', (pods) => pods.find(({ metadata }) => metadata.name === name)?.['status']?.podIP);
  const socket = webSocket(`pods/${name}/portforward?ports=7070`, 'v4.channel.k8s.io');
  const messages: Buffer[] = [];
  socket.on('message', (message: Buffer) => messages.push(message));
  await once(socket, 'close');
  expect(messages[2]?.[0]).toBe(1);
  const refused = `error forwarding port 7070 to pod ${name}_shop, uid .* dial tcp4 127.0.0.1:7070: connect: connection refused`;
  expect(messages[2]?.subarray(1).toString()).toMatch(new RegExp(`^${refused}$`));
});
