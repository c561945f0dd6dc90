import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf, TextLines } from './text-lines.ts';

function split(text: string, cuts: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

test('the chunks do not matter', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ä', '☺', '🎉', ' ') });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat()), fc.boolean(), async (lines, cuts, windows) => {
      const text = lines.map((one) => `${one}${windows ? '\r' : ''}\n`).join('');
      const told: string[] = [];
      for await (const one of linesOf(streamOf(split(text, cuts)))) told.push(one);
      expect(told).toEqual(lines);
    }),
  );
});

test('a last line needs no line feed', () => {
  const lines = new TextLines();
  expect(lines.push(Buffer.from('a\nb'))).toEqual(['a']);
  expect(lines.end()).toEqual(['b']);
  expect(lines.end()).toEqual([]);
});

test('no line is longer than it may be, and nothing is lost', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (whole, cuts) => {
      const lines = new TextLines(5);
      const told = [...split(whole, cuts).flatMap((chunk) => lines.push(chunk)), ...lines.end()];
      for (const line of told) expect(line.length).toBeLessThanOrEqual(5);
      expect(told.join('')).toBe(whole.replaceAll('\n', ''));
    }),
  );
});
