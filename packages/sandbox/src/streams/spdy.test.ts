import { once } from 'node:events';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpdyConnection } from './spdy-connection.ts';
import { forwardOverSpdy } from './spdy-forward.ts';
import { dataFrames, type Frame, FrameReader, openFrame, pingFrame } from './spdy-frames.ts';
import { DICTIONARY, HeaderReader, HeaderWriter } from './spdy-headers.ts';

test('frames are the same however their bytes come', () => {
  const bytes = Buffer.concat([
    openFrame(3, new HeaderWriter().write({ port: '80' })),
    ...dataFrames(3, Buffer.from('hello')),
    pingFrame(2),
    ...dataFrames(3, Buffer.alloc(0), true),
  ]);
  const read = (pieces: readonly Buffer[]): Frame[] => {
    const reader = new FrameReader();
    return pieces.flatMap((piece) => [...reader.read(piece)]);
  };
  const payload = (frames: readonly Frame[]) => frames.flatMap((each) => (each.is === 'data' ? [each.payload] : []));
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const ends = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const frames = read(ends.slice(1).map((end, index) => bytes.subarray(ends[index], end)));
      expect(Buffer.concat(payload(frames)).toString()).toBe('hello');
      expect(frames.filter(({ is }) => is !== 'data').map(({ is }) => is)).toEqual(['open', 'ping']);
      expect(frames.at(-1)).toMatchObject({ is: 'data', isLast: true });
    }),
  );
});

test('header blocks are read that were made with the dictionary and without', async () => {
  const writer = new HeaderWriter();
  using own = new HeaderReader();
  expect(await own.read(writer.write({ streamtype: 'error', port: '80' }))).toEqual({
    streamtype: 'error',
    port: '80',
  });
  expect(await own.read(writer.write({ streamtype: 'data' }))).toEqual({ streamtype: 'data' });
  const block = Buffer.from('\0\0\0\x01\0\0\0\x04Host\0\0\0\x03web', 'latin1');
  using foreign = new HeaderReader();
  const compressed = deflateSync(block, { dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  // zlib names the dictionary by its Adler-32: the one of the specification
  expect(compressed.readUInt32BE(2)).toBe(0xe3c6a7c2);
  expect(await foreign.read(compressed)).toEqual({ host: 'web' });
});

/** Both ends of a connection. */
async function pair(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect({
    port: (server.address() as net.AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  const [accepted] = (await once(server, 'connection')) as [net.Socket];
  server.close();
  return [client, accepted];
}

test('ports are forwarded, each connection with an end of each direction', async () => {
  const [near, far] = await pair();
  const dial = async (port: number): Promise<Duplex> => {
    if (port !== 80) throw new Error('connection refused');
    // says what it was told once the other side has ended
    return Duplex.from(async function* (input: AsyncIterable<Buffer>) {
      let told = '';
      for await (const bytes of input) told += bytes;
      yield `told: ${told}`;
    });
  };
  const served = forwardOverSpdy(far, dial);
  const client = new SpdyConnection(near, 'client');
  const reading = client.run();
  const open = (requestid: string, port: string) => ({
    error: client.open({ streamtype: 'error', port, requestid }),
    data: client.open({ streamtype: 'data', port, requestid }),
  });
  const [one, two, none] = [open('0', '80'), open('1', '80'), open('2', '81')];
  one.data.end('hello');
  two.data.end(Buffer.alloc(100_000, 'x'));
  expect(await text(one.data)).toBe('told: hello');
  expect(await text(one.error)).toBe('');
  expect(await text(two.data)).toBe(`told: ${'x'.repeat(100_000)}`);
  expect(await text(none.error)).toBe('connection refused');
  await client.close();
  await Promise.all([served, reading]);
});

test('a program that has ended ends its forward, also where the client has not ended its side', async () => {
  const [near, far] = await pair();
  const programs: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => socket.end('all there is'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const served = forwardOverSpdy(far, async () => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    programs.push(socket);
    await once(socket, 'connect');
    return socket;
  });
  const client = new SpdyConnection(near, 'client');
  const reading = client.run();
  const error = client.open({ streamtype: 'error', port: '80', requestid: '0' });
  const data = client.open({ streamtype: 'data', port: '80', requestid: '0' });
  const ended: string[] = [];
  for (const [name, stream] of Object.entries({ error, data })) stream.once('end', () => ended.push(name));
  const allOfError = text(error);
  expect(await text(data)).toBe('all there is');
  expect(await allOfError).toBe(''); // kubectl ends its local connection only then
  if (programs[0]?.destroyed === false) await once(programs[0], 'close');
  expect(ended).toEqual(['error', 'data']);
  server.close();
  await client.close();
  await Promise.all([served, reading]);
});

test('what is no SPDY ends the connection', async () => {
  const [near, far] = await pair();
  const served = forwardOverSpdy(far, () => Promise.reject(new Error('never asked')));
  near.on('error', () => undefined);
  near.write(openFrame(1, Buffer.from('no zlib at all')));
  await served;
  expect(far.destroyed).toBe(true);
  near.destroy();
});
