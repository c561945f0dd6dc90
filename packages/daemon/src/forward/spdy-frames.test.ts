import { createInflate } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataHeader, FrameReader, openFrame, pingFrame } from './spdy-frames.ts';

type Told = [what: string, about: number, text?: string];

/** What a reader tells of bytes that are cut at some places; data of one stream in a row is one. */
function told(bytes: Buffer, cuts: readonly number[] = []): Told[] {
  const all: Told[] = [];
  const reader = new FrameReader({
    data: (stream, payload) => {
      const last = all.at(-1);
      if (last?.[0] === 'data' && last[1] === stream) last[2] += payload.toString('latin1');
      else all.push(['data', stream, payload.toString('latin1')]);
    },
    ended: (stream) => all.push(['ended', stream]),
    reset: (stream) => all.push(['reset', stream]),
    pinged: (id) => all.push(['pinged', id]),
    goingAway: () => all.push(['going away', 0]),
  });
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (const [index, end] of at.slice(1).entries()) reader.read(bytes.subarray(at[index], end));
  return all;
}

const control = (type: number, flags: number, body: Buffer) => {
  const header = Buffer.from([0x80, 3, 0, type, flags, 0, 0, 0]);
  header.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([header, body]);
};
const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const stream = fc.integer({ min: 1, max: 0x7fff_ffff });
/** A frame of a server, and what it is to be told as. */
const frame: fc.Arbitrary<[Buffer, Told[]]> = fc.oneof(
  fc
    .tuple(stream, fc.uint8Array({ maxLength: 40 }), fc.boolean())
    .map(([id, payload, isLast]): [Buffer, Told[]] => [
      Buffer.concat([dataHeader(id, payload.length, isLast), payload]),
      [
        ...(payload.length > 0 ? [['data', id, Buffer.from(payload).toString('latin1')] as Told] : []),
        ...(isLast ? [['ended', id] as Told] : []),
      ],
    ]),
  stream.map((id): [Buffer, Told[]] => [pingFrame(id), [['pinged', id]]]),
  stream.map((id): [Buffer, Told[]] => [control(3, 0, Buffer.concat([number(id), number(5)])), [['reset', id]]]),
  // answers to streams, short and long, with headers that nobody reads
  fc
    .tuple(stream, fc.uint8Array({ maxLength: 200 }), fc.boolean())
    .map(([id, headers]): [Buffer, Told[]] => [control(2, 0, Buffer.concat([number(id), headers])), []]),
  fc.constant<[Buffer, Told[]]>([control(7, 0, Buffer.alloc(8)), [['going away', 0]]]),
  // settings, windows, and what is too short to say anything
  fc
    .tuple(fc.constantFrom(4, 9, 3, 6), fc.uint8Array({ maxLength: 3 }))
    .map(([type, body]): [Buffer, Told[]] => [control(type, 0, Buffer.from(body)), []]),
);

test('frames are told the same, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 30 }), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(([one]) => one));
      const whole = told(bytes);
      expect(told(bytes, cuts)).toEqual(whole);
      expect(whole.flat().join()).toBe(
        joined(frames.flatMap(([, expected]) => expected))
          .flat()
          .join(),
      );
    }),
  );
});

/** With the data of one stream in a row as one. */
function joined(all: readonly Told[]): Told[] {
  const together: Told[] = [];
  for (const one of all) {
    const last = together.at(-1);
    if (one[0] === 'data' && last?.[0] === 'data' && last[1] === one[1]) {
      together[together.length - 1] = ['data', one[1], `${last[2]}${one[2]}`];
    } else together.push(one);
  }
  return together;
}

test('an answer that ends its stream is told as its end', () => {
  expect(told(control(2, 1, Buffer.concat([number(5), Buffer.alloc(2)])))).toEqual([['ended', 5]]);
});

test('the header blocks of a connection are one zlib stream, each readable when it is there', async () => {
  const blocks = [openFrame(1, { streamtype: 'error', port: '80' }, true), openFrame(3, { größe: 'ü' }, false)];
  const inflate = createInflate();
  const texts: string[] = [];
  for (const block of blocks) {
    expect([...block.subarray(0, 4)]).toEqual([0x80, 3, 0, 1]);
    expect(block.readUIntBE(5, 3)).toBe(block.length - 8);
    inflate.write(block.subarray(18));
    const [bytes] = (await new Promise((resolve) => inflate.once('data', (data) => resolve([data])))) as [Buffer];
    texts.push(bytes.toString('utf8').replaceAll(/\p{Cc}+/gu, '|'));
  }
  inflate.destroy();
  expect(texts).toEqual(['|streamtype|error|port|80', '|größe|ü']);
});
