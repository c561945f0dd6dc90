import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOfBlock, withoutInnerStamps } from '../log-store/stored-lines.ts';
import { lineKey } from './line-overlap.ts';
import { cutAtSilences, eachLine, type Piece, StampedSplitter } from './stamped-splitter.ts';

const AT = '2026-01-01T00:00:00.000000001Z';

/** A line of a container: any bytes but a line feed. */
const line = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).filter((byte) => byte !== 10));

function stamped(text: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${AT} `), text, Buffer.from('\n')]);
}

/** Cuts bytes at shares of their length. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

function linesOf(pieces: readonly Piece[]): Buffer[] {
  return pieces.flatMap((piece) => (piece.is === 'lines' ? [...eachLine(piece.payload)] : []));
}

test('lines are the same wherever the stream was cut, and the last needs no line feed', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), shares, fc.boolean(), (texts, cuts, isCut) => {
      const bytes = Buffer.concat(texts.map(stamped));
      const splitter = new StampedSplitter();
      const given = isCut ? bytes.subarray(0, -1) : bytes;
      const pieces = chunksOf(given, cuts).flatMap((chunk) => splitter.push(chunk));
      pieces.push(...splitter.end());
      expect(Buffer.concat(linesOf(pieces)).equals(bytes)).toBe(true);
      expect(pieces.reduce((sum, piece) => sum + (piece.is === 'lines' ? piece.lines : 0), 0)).toBe(texts.length);
    }),
  );
});

test('a line that is too long comes in pieces, each stamped, and nothing of it is kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), shares, (length, cuts) => {
      const text = Buffer.alloc(length, 'abcdefghij');
      const splitter = new StampedSplitter(1000);
      const pieces = chunksOf(stamped(text), cuts).flatMap((chunk) => splitter.push(chunk));
      const parts = linesOf(pieces).map((part) => part.subarray(AT.length + 1));
      expect(Buffer.concat(parts).toString()).toBe(`${text}\n`);
      expect(pieces.map((piece) => piece.is === 'lines' && [piece.isContinued, piece.isCut, piece.lines])).toEqual(
        pieces.map((_, at) => [at > 0, at < pieces.length - 1, at < pieces.length - 1 ? 0 : 1]),
      );
      const whole = new StampedSplitter(1000).push(stamped(text));
      expect(linesOf(pieces).map(lineKey)).toEqual(linesOf(whole).map(lineKey));
    }),
  );
});

test('lines are cut where nothing was said for a while, and nowhere else', () => {
  const apart = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(apart, (gaps) => {
      const timeOf = (index: number) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, Date.UTC(2026, 0, 1));
      const lines = gaps.map((gap, index) => `${new Date(timeOf(index)).toISOString()} after ${gap}\n`);
      const [piece] = new StampedSplitter().push(Buffer.from(lines.join('')));
      const cut = piece === undefined ? [] : cutAtSilences(piece, 300);
      expect(cut.flatMap((part) => (part.is === 'lines' ? [part.payload.toString()] : [])).join('')).toBe(
        lines.join(''),
      );
      expect(cut.map((part) => part.is === 'lines' && part.lines).slice(0, -1)).toEqual(
        lengths(gaps.slice(1).map((gap) => gap >= 300)),
      );
      for (const part of cut)
        if (part.is === 'lines') expect(part.lines).toBe(part.payload.toString().split('\n').length - 1);
    }),
  );
});

/** How many come before each place where there is a cut, since the one before. */
function lengths(isCut: readonly boolean[]): number[] {
  const places = isCut.flatMap((cut, index) => (cut ? [index + 1] : []));
  return places.map((place, index) => place - (places[index - 1] ?? 0));
}

test('what the kubelet itself says between the lines is none of them', () => {
  const splitter = new StampedSplitter();
  const text = `${AT} one\n${AT} two\nunable to retrieve container logs for docker://1\n${AT} three\n`;
  expect(splitter.push(Buffer.from(text)).map((piece) => (piece.is === 'lines' ? piece.lines : piece.text))).toEqual([
    2,
    'unable to retrieve container logs for docker://1',
    1,
  ]);
});

test('the stamps that the kubelet sets inside a long line are not shown', () => {
  const records = [16_384, 16_384, 16_384, 77].map((length, index) => String(index).repeat(length));
  const asSent = records.map((text, index) => `2026-01-01T00:00:00.00000000${index}Z ${text}`).join('');
  expect(withoutInnerStamps(asSent)).toBe(`2026-01-01T00:00:00.000000000Z ${records.join('')}`);
  expect(linesOfBlock(Buffer.from(`${asSent}\n`))).toEqual([['2026-01-01T00:00:00.000000000Z', records.join('')]]);
});

test('a time that a program writes into its long line stays', () => {
  const line = `${AT} ${'x'.repeat(20_000)} 2025-12-31T00:00:00Z and ${'y'.repeat(20_000)}`;
  expect(withoutInnerStamps(line)).toBe(line);
});

test('an empty line, a carriage return, and what is no UTF-8', () => {
  const payload = Buffer.concat([Buffer.from(`${AT} \n${AT} dos\r\n${AT} `), Buffer.from([0xff, 0x0a])]);
  expect(linesOfBlock(payload)).toEqual([
    [AT, ''],
    [AT, 'dos'],
    [AT, '�'],
  ]);
});
