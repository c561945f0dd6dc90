import { expect, test } from 'vitest';
import { readPushStream } from './push-stream.ts';

async function read(messages: readonly object[], cutAt = Number.POSITIVE_INFINITY) {
  const lines: string[] = [];
  const details: string[] = [];
  const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));
  async function* answer() {
    yield bytes.subarray(0, cutAt);
    yield bytes.subarray(cutAt);
  }
  const listener = { line: (text: string) => lines.push(text), progress: (detail: string) => details.push(detail) };
  return { end: await readPushStream(answer(), listener), lines, details };
}

const PUSH = [
  { status: 'The push refers to repository [localhost:5000/web]' },
  { status: 'Preparing', progressDetail: {}, id: 'aa' },
  { status: 'Preparing', progressDetail: {}, id: 'bb' },
  { status: 'Waiting', progressDetail: {}, id: 'bb' },
  { status: 'Layer already exists', progressDetail: {}, id: 'aa' },
  { status: 'Pushing', progressDetail: { current: 4_000_000, total: 20_000_000 }, progress: '[=>  ]', id: 'bb' },
  { status: 'Pushing', progressDetail: { current: 21_000_000 }, progress: '[==>]', id: 'bb' },
  { status: 'Pushed', progressDetail: {}, id: 'bb' },
  { status: 'devloop-1: digest: sha256:abc size: 741' },
  { progressDetail: {}, aux: { Tag: 'devloop-1', Digest: 'sha256:abc', Size: 741 } },
];

test('layers are counted, their bytes added up, and the end of each is a line', async () => {
  const { end, lines, details } = await read(PUSH, 100);
  expect(end).toEqual({ digest: 'sha256:abc', error: undefined });
  expect(lines).toEqual([
    'The push refers to repository [localhost:5000/web]',
    'aa: Layer already exists',
    'bb: Pushed',
    'devloop-1: digest: sha256:abc size: 741',
  ]);
  expect(details).toEqual([
    'pushing 0/1 layers',
    'pushing 0/2 layers',
    'pushing 0/2 layers',
    'pushing 1/2 layers',
    'pushing 1/2 layers, 4 of 20 MB',
    'pushing 1/2 layers, 21 of 21 MB',
    'pushing 2/2 layers, 21 of 21 MB',
  ]);
});

test('that the engine tries again is told, and the last words are its failure', async () => {
  const { end, details } = await read([
    { status: 'Preparing', progressDetail: {}, id: 'aa' },
    { status: 'Retrying in 5 seconds', progressDetail: {}, id: 'aa' },
    { errorDetail: { message: 'no basic auth credentials' }, error: 'no basic auth credentials' },
  ]);
  expect(details.at(-1)).toBe('pushing 0/1 layers: retrying in 5 seconds');
  expect(end).toEqual({ digest: undefined, error: 'no basic auth credentials' });
});
