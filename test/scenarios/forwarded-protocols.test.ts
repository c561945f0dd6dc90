import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { DevloopRig } from '../rig/devloop-rig.ts';
import { freePort } from '../rig/free-port.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

/**
 * Echoes on 8080; on 8081 says what came, once the client has ended its side; on 8082 sends 64 MB; on 8083 speaks first, and
 * says what came, once the client has ended its side.
 */
const STREAMS = `const net = require('node:net');
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

/**
 * On 8084 a WebSocket server: repeats in capitals, and tells `pong` when its ping, sent after a while in which nobody says
 * anything, was answered. On 8085 HTTP/2 without TLS, with messages framed as gRPC frames them: doubles each number as it
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
server.listen(8084);
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
}).listen(8085);
`;

const PORTS = [8080, 8081, 8082, 8083, 8084, 8085];

const test = testOnSharedRig('hello-service', async (rig) => {
  await rig.write('hello/streams.js', STREAMS);
  await rig.write('hello/conversations.js', CONVERSATIONS);
  await rig.write('hello/server.js', "require('./streams.js');\nrequire('./conversations.js');\n");
  const ports: string[] = [];
  for (const port of PORTS) ports.push(`${await freePort()}:${port}`);
  await rig.writeConfig(`services:\n  hello:\n    ports: ${JSON.stringify(ports)}\n`);
});

/** The port of this machine that leads to one of the program. */
async function localOf(rig: DevloopRig, port: number): Promise<number> {
  const { forwards } = await rig.service('hello');
  return forwards.find((forward) => forward.port === port)?.local ?? expect.fail(`nothing leads to ${port}`);
}

test('half-close, two hundred connections, large transfers both ways, and IPv6', async ({ rig }) => {
  const locals = [8080, 8081, 8082, 8083].map((port) => localOf(rig, port));
  const [echo, counter, sender, greeter] = (await Promise.all(locals)) as [number, number, number, number];
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

/** A number as a message of gRPC: not compressed, four bytes long. */
function grpcMessage(number: number): Buffer {
  const message = Buffer.from([0, 0, 0, 0, 4, 0, 0, 0, 0]);
  message.writeInt32BE(number, 5);
  return message;
}

test('a WebSocket across silence and a ping; calls of HTTP/2 as gRPC makes them, of one message and of many', async ({
  rig,
}) => {
  const [web, rpc] = [await localOf(rig, 8084), await localOf(rig, 8085)];

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
