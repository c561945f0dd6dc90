import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { expect, test } from 'vitest';
import { TerminalInput } from './terminal-input.ts';

/** So long that what a test sends in pieces comes before it is over, however busy the machine is. */
const LONG_MS = 60_000;

/** What a terminal library reads of what a terminal sent in these pieces. */
async function read(pieces: readonly string[], escapeMs?: number): Promise<string> {
  const source = Object.assign(new PassThrough(), { setRawMode: () => undefined }) as unknown as ReadStream &
    PassThrough;
  const input = new TerminalInput(source, () => undefined, escapeMs);
  input.setRawMode(true);
  let text = '';
  input.on('data', (chunk: string) => {
    text += chunk;
  });
  for (const piece of pieces) {
    source.write(piece);
    await new Promise(setImmediate);
  }
  const count = (of: string) => text.split(of).length - 1;
  const escapes = pieces.join('').split('\u001b').length - 1;
  while (!text.endsWith('.') && count('[27u') < escapes) await once(input, 'data');
  input.setRawMode(false);
  return text;
}

test('an ESC alone is the key', async () => {
  expect(await read(['\u001b'])).toBe('\u001b[27u');
  expect(await read(['j\u001b'])).toBe('j\u001b[27u');
  expect(await read(['\u001b', '\u001b'])).toBe('\u001b[27u\u001b[27u');
});

test('an ESC that begins a sequence is not', async () => {
  expect(await read(['\u001b[A.'], LONG_MS)).toBe('\u001b[A.');
  expect(await read(['\u001b', '[A.'], LONG_MS)).toBe('\u001b[A.');
  expect(await read(['\u001b\u001b', 'j.'], LONG_MS)).toBe('\u001b\u001bj.');
});
