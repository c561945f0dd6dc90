import { expect, test } from 'vitest';
import { jsonLines } from './json-lines.ts';

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(chunks)) values.push(value);
  return values;
}

test('values are whole wherever the chunks are cut, inside a character too', async () => {
  const values = [{ text: 'Grüße 🟢 日本' }, { list: [1, 2] }, 'x'.repeat(300), null];
  const body = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  for (let size = 1; size < 40; size++) expect(await all(inChunks(body, size))).toEqual(values);
});

test('empty lines are no values, and a last line needs no line feed', async () => {
  expect(await all(inChunks('\n{"a":1}\r\n\n{"a":2}', 3))).toEqual([{ a: 1 }, { a: 2 }]);
});

test('a line that is not JSON is an error', async () => {
  await expect(all(inChunks('{"a":1}\nnonsense\n', 4))).rejects.toThrow(SyntaxError);
});

test('it reads no further than it is asked to', async () => {
  let read = 0;
  async function* counted() {
    for (;;) {
      read += 1;
      yield Buffer.from(`${read}\n`);
    }
  }
  for await (const value of jsonLines(counted())) if (value === 3) break;
  expect(read).toBe(3);
});
