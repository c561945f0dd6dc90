import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
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
  // a program that answers what it has begun with when it is told to end: what is lost then, the forward has lost
  await rig.edit('hello/server.js', (text) => text.replace('process.exit(0)', 'server.close(() => process.exit(0))'));
  const config = `services:\n  hello:\n    killAfterMs: 5000\n    ports: ["${port}:8080"]\n`;
  await rig.writeConfig(config);
  await rig.start();
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

/** Listens a second after it was started, and goes on for three after it was told to end. */
const LATE = `const message = require('node:fs').readFileSync(__dirname + '/message.txt', 'utf8').trim();
const server = require('node:http').createServer((_request, response) => response.end(message));
setTimeout(() => server.listen(8080), 1000);
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 3000));
`;

test('in a rolling update the old program answers until the new one listens, and never after that', async () => {
  await using rig = await openRig('hello-service');
  const port = await freePort();
  await rig.write('hello/server.js', LATE);
  const [before, after] = [unique('before'), unique('after')];
  await rig.write('hello/message.txt', before);
  await rig.writeConfig(`services:\n  hello:\n    rollout: rolling\n    ports: ["${port}:8080"]\n`);
  await rig.start();
  // longer than a forward lets a connection wait
  const ask = async () => (await plainRequest(`http://localhost:${port}/`, { timeoutMs: 40_000 })).body;
  expect(await ask()).toBe(before);
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', after);
  let isLive = false;
  const live = rig.event(eventOf('pass-ended', { service: 'hello', outcome: 'live', kind: 'rolling' }), since);
  const told = live.then(() => {
    isLive = true;
  });
  const answers: string[] = [];
  while (!isLive) answers.push(await ask());
  await told;
  expect(await ask()).toBe(after); // what is called live is what answers
  const first = answers.indexOf(after);
  expect(answers.slice(0, first < 0 ? answers.length : first).every((answer) => answer === before)).toBe(true);
  expect(first < 0 ? [] : answers.slice(first).filter((answer) => answer !== after)).toEqual([]);
});

/**
 * Echoes on 8080; on 8081 says what came, once the client has ended its side; on 8082 sends 64 MB; on 8083 speaks first, and
 * says what came, once the client has ended its side.
 */
const PROGRAM = `const net = require('node:net');
const { createHash } = require('node:crypto');
const serve = (port, take) => net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  take(socket);
}).listen(port);
serve(8080, (socket) => socket.pipe(socket));
serve(8081, (socket) => {
  let count = 0;
  const hash = createHash('sha256');
  socket.on('data', (bytes) => { count += bytes.length; hash.update(bytes); });
  socket.on('end', () => socket.end(count + ' ' + hash.digest('hex')));
});
serve(8082, (socket) => {
  socket.resume();
  socket.end(Buffer.alloc(64_000_000, 'devloop '));
});
serve(8083, (socket) => {
  socket.write('220 hello\\r\\n');
  let said = '';
  socket.on('data', (bytes) => { said += bytes; });
  socket.on('end', () => socket.end('221 you said ' + said));
});
process.on('SIGTERM', () => process.exit(0));
`;

/** Puts {@link PROGRAM} up. Answers the ports of this machine that lead to it. */
async function upProgram(rig: DevloopRig) {
  const [echo, counter, sender, greeter] = [await freePort(), await freePort(), await freePort(), await freePort()];
  await rig.write('hello/server.js', PROGRAM);
  const ports = [`${echo}:8080`, `${counter}:8081`, `${sender}:8082`, `${greeter}:8083`];
  await rig.writeConfig(`services:\n  hello:\n    ports: ${JSON.stringify(ports)}\n`);
  await rig.start();
  return { echo, counter, sender, greeter };
}

test('half-close, two hundred connections, large transfers both ways, and IPv6', async () => {
  await using rig = await openRig('hello-service');
  const { echo, counter, sender, greeter } = await upProgram(rig);
  const connect = (port: number, host = '127.0.0.1') => net.connect({ port, host, allowHalfOpen: true });

  const silent = connect(greeter);
  silent.end(); // before a word was said on either side
  expect(await text(silent)).toBe('220 hello\r\n221 you said ');
  const greeted = connect(greeter);
  const [greeting] = await once(greeted, 'data');
  expect(String(greeting)).toBe('220 hello\r\n');
  greeted.end('QUIT');
  expect(await text(greeted)).toBe('221 you said QUIT');

  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const uploaded = randomBytes(20_000_000);
  const counted = connect(counter);
  counted.end(uploaded);
  expect(await text(counted)).toBe(`20000000 ${hash(uploaded)}`);

  const sockets = Array.from({ length: 200 }, () => connect(echo));
  const echoed = sockets.map(async (socket, index) => {
    socket.write(`${index}`);
    const [bytes] = await once(socket, 'data');
    return String(bytes);
  });
  expect(await Promise.all(echoed)).toEqual(sockets.map((_, index) => String(index)));
  for (const socket of sockets) socket.destroy();

  const received = await buffer(connect(sender, '::1'));
  expect(received.length).toBe(64_000_000);
  expect(hash(received)).toBe(hash(Buffer.alloc(64_000_000, 'devloop ')));
});

/**
 * On 8080 a WebSocket server: repeats in capitals, and tells `pong` when its ping, sent after a while in which nobody says
 * anything, was answered. On 8081 HTTP/2 without TLS, with messages framed as gRPC frames them: doubles each number as it
 * comes, and ends with a status in trailers.
 */
const CONVERSATIONS = `const http = require('node:http');
const http2 = require('node:http2');
const { createHash } = require('node:crypto');
const frame = (opcode, text) => Buffer.concat([Buffer.from([0x80 | opcode, text.length]), Buffer.from(text)]);
const server = http.createServer();
server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  let rest = Buffer.alloc(0);
  setTimeout(() => socket.write(frame(9, 'there?')), 1500);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 6 && rest.length >= 6 + (rest[1] & 0x7f)) {
      const mask = rest.subarray(2, 6);
      const payload = rest.subarray(6, 6 + (rest[1] & 0x7f)).map((byte, index) => byte ^ mask[index % 4]);
      const opcode = rest[0] & 15;
      rest = rest.subarray(6 + payload.length);
      if (opcode === 1) socket.write(frame(1, Buffer.from(payload).toString().toUpperCase()));
      if (opcode === 8) socket.end(Buffer.concat([Buffer.from([0x88, payload.length]), payload]));
      if (opcode === 10) socket.write(frame(1, 'pong ' + Buffer.from(payload)));
    }
  });
});
server.listen(8080);
http2.createServer().on('stream', (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  let rest = Buffer.alloc(0);
  stream.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 9) {
      const answer = Buffer.from(rest.subarray(0, 9));
      answer.writeInt32BE(rest.readInt32BE(5) * 2, 5);
      rest = rest.subarray(9);
      stream.write(answer);
    }
  });
  stream.on('end', () => stream.end());
}).listen(8081);
process.on('SIGTERM', () => process.exit(0));
`;

/** A number as a message of gRPC: not compressed, four bytes long. */
function grpcMessage(number: number): Buffer {
  const message = Buffer.from([0, 0, 0, 0, 4, 0, 0, 0, 0]);
  message.writeInt32BE(number, 5);
  return message;
}

test('a WebSocket across silence and a ping; calls of HTTP/2 as gRPC makes them, of one message and of many', async () => {
  await using rig = await openRig('hello-service');
  const [web, rpc] = [await freePort(), await freePort()];
  await rig.write('hello/server.js', CONVERSATIONS);
  await rig.writeConfig(`services:\n  hello:\n    ports: ["${web}:8080", "${rpc}:8081"]\n`);
  await rig.start();

  const socket = new WebSocket(`ws://localhost:${web}/`);
  const said = async () => String(((await once(socket, 'message')) as [MessageEvent])[0].data);
  await once(socket, 'open');
  socket.send('hello');
  expect(await said()).toBe('HELLO');
  expect(await said()).toBe('pong there?'); // after the silence, answered by the client itself
  socket.send('and on');
  expect(await said()).toBe('AND ON');
  socket.close(1000);
  expect(((await once(socket, 'close')) as [CloseEvent])[0]).toMatchObject({ code: 1000, wasClean: true });

  const session = http2.connect(`http://localhost:${rpc}`);
  const call = () => session.request({ ':method': 'POST', ':path': '/numbers/Double', te: 'trailers' });
  const unary = call();
  const trailers = once(unary, 'trailers');
  unary.end(grpcMessage(21));
  expect(await buffer(unary)).toEqual(grpcMessage(42));
  expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
  const stream = call();
  for (const number of [1, 2, 3]) {
    stream.write(grpcMessage(number));
    expect((await once(stream, 'data'))[0]).toEqual(grpcMessage(2 * number));
  }
  stream.end();
  expect((await once(stream, 'trailers'))[0]).toMatchObject({ 'grpc-status': '0' });
  session.close();
  await once(session, 'close');
});

test('what is in another namespace is forwarded, as the config says and at run time', async () => {
  await using rig = await openRig('hello-service');
  await using other = await openRig('hello-service');
  const message = unique('elsewhere');
  await other.write('hello/message.txt', message);
  await other.writeConfig('services:\n  hello:\nchoosePorts: false\n');
  await other.start();
  const [configured, added] = [await freePort(), await freePort()];
  const { namespace } = other;
  await rig.writeConfig(
    `services:\n  hello:\nforwards:\n  - { to: service/hello, namespace: ${namespace}, local: ${configured}, port: 80 }\n`,
  );
  await rig.start();
  expect((await plainRequest(`http://localhost:${configured}/`)).body).toBe(message);
  const to = `${namespace}/deployment/hello`;
  await rig.devloop(['ports', 'add', to, `${added}:8080`]);
  expect((await plainRequest(`http://localhost:${added}/`)).body).toBe(message);
  const { others } = JSON.parse((await rig.devloop(['ports', '--json'])).stdout);
  expect(others).toEqual([
    { to: `${namespace}/service/hello`, local: configured, port: 80, status: 'listening' },
    { to, local: added, port: 8080, status: 'listening' },
  ]);
  await rig.devloop(['ports', 'remove', to, String(added)]);
  await expect(plainRequest(`http://localhost:${added}/`)).rejects.toThrow(/ECONNREFUSED/);
});

test('ports that nobody named are chosen, kept by the next daemon, shown, opened, added and removed', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
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
