import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SpdyConnection } from './spdy-connection.ts';
import { dataHeader, FrameReader, pingFrame } from './spdy-frames.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A connection, the node's end of it, and what that is told. */
function stage() {
  const [socket, node] = duplexPair();
  const told: string[] = [];
  const owned: string[] = [];
  const connection = new SpdyConnection(socket, {
    onFree: () => owned.push('free'),
    onClosed: () => owned.push('closed'),
  });
  const reader = new FrameReader({
    data: (stream, payload) => told.push(`${stream}: ${payload}`),
    ended: (stream) => told.push(`${stream} ended`),
    reset: (stream) => told.push(`${stream} reset`),
    pinged: (id) => told.push(`ping ${id}`),
    goingAway: () => told.push('going away'),
  });
  node.on('data', (bytes: Buffer) => reader.read(bytes));
  return { connection, node, told, owned };
}

/** The node says something about an error, and ends the data. */
function err(node: Duplex, words: string): void {
  say(node, 1, words);
  say(node, 3, '', true);
}

function say(node: Duplex, stream: number, payload: string, isLast = false): void {
  node.write(Buffer.concat([dataHeader(stream, payload.length, isLast), Buffer.from(payload)]));
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const control = (type: number, ...body: number[]) => Buffer.from([0x80, 3, 0, type, 0, 0, 0, body.length, ...body]);

test('an idle one shows every minute that it is wanted, and answers when it is asked', async () => {
  const { connection, node, told } = stage();
  connection.open(80);
  await settle();
  told.length = 0;
  vi.advanceTimersByTime(3 * 60_000);
  node.write(pingFrame(2));
  node.write(pingFrame(1)); // the answer to the first
  await settle();
  expect(told).toEqual(['ping 1', 'ping 3', 'ping 5', 'ping 2']);
  connection.close();
  vi.advanceTimersByTime(60_000);
  await settle();
  expect(told.length).toBe(4);
});

test('after a clean end of all it carries the next, under other numbers', async () => {
  const { connection, node, told, owned } = stage();
  for (const [errorId, dataId] of [
    [1, 3],
    [5, 7],
  ] as const) {
    const stream = connection.open(80);
    expect(connection.isFree).toBe(false);
    stream.end('question');
    say(node, dataId, 'answer');
    say(node, errorId, '', true);
    say(node, dataId, '', true);
    expect(await text(stream)).toBe('answer');
    if (!stream.closed) await once(stream, 'close');
    await settle();
    const asked = told.splice(0);
    expect(asked.slice(0, 3)).toEqual([`${errorId} ended`, `${dataId}: question`, `${dataId} ended`]);
    const pings = asked.slice(3).map((ping) => Number(ping.replace('ping ', '')));
    expect(pings.length).toBe(5);
    for (const id of pings) {
      expect(connection.isFree).toBe(false);
      node.write(pingFrame(id));
      await settle();
    }
    expect(connection.isFree).toBe(true);
  }
  expect(owned).toEqual(['free', 'free']);
  connection.close();
  expect(owned).toEqual(['free', 'free', 'closed']);
});

test('one whose node does not answer every question carries nothing more', async () => {
  const { connection, node, told, owned } = stage();
  const stream = connection.open(80);
  say(node, 1, '', true);
  say(node, 3, '', true);
  stream.end();
  await text(stream);
  if (!stream.closed) await once(stream, 'close');
  await settle();
  const pings = told.filter((one) => one.startsWith('ping')).map((ping) => Number(ping.replace('ping ', '')));
  for (const id of pings.slice(1)) node.write(pingFrame(id));
  await settle();
  expect(owned).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(owned).toEqual(['closed']);
});

test('after nothing in the pod took it, it carries the next', async () => {
  const { connection, node, told, owned } = stage();
  const stream = connection.open(80);
  stream.write('question');
  err(node, 'E connect: Connection refused');
  say(node, 1, '', true);
  stream.resume();
  await once(stream, 'end');
  expect(stream.failure?.wasTaken).toBe(false);
  stream.end(() => stream.destroy());
  await once(stream, 'close');
  await settle();
  for (const ping of told.filter((one) => one.startsWith('ping'))) {
    node.write(pingFrame(Number(ping.replace('ping ', ''))));
  }
  await settle();
  expect(owned).toEqual(['free']);
  connection.close();
});

test.each<[string, (node: Duplex) => void]>([
  ['the node tells of another error', (node) => err(node, 'E read: Connection reset by peer')],
  ['the node resets the stream', (node) => node.write(control(3, 0, 0, 0, 3, 0, 0, 0, 5))],
  ['the connection ends', (node) => node.end()],
])('it is of no more use when %s', async (_what, happens) => {
  const { connection, node, owned } = stage();
  const stream = connection.open(80);
  say(node, 3, 'half an ans');
  await settle();
  happens(node);
  expect(await text(stream)).toBe('half an ans'); // what came is read before the failure is told
  expect(stream.failure?.wasTaken).toBe(true);
  stream.destroy();
  await once(stream, 'close');
  expect(owned).toEqual(['closed']);
  expect(connection.isFree).toBe(false);
});

test('one whose node takes no more streams brings the present one to its end', async () => {
  const { connection, node, owned } = stage();
  const stream = connection.open(80);
  node.write(control(7, 0, 0, 0, 0, 0, 0, 0, 0));
  say(node, 3, 'answer');
  say(node, 1, '', true);
  say(node, 3, '', true);
  stream.end();
  expect(await text(stream)).toBe('answer');
  if (!stream.closed) await once(stream, 'close');
  expect(owned).toEqual(['closed']);
});
