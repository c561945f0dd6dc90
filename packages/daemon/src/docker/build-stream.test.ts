import { expect, test } from 'vitest';
import { readBuildStream } from './build-stream.ts';
import { bytesField, message, varintField } from './buildkit-trace.fake.ts';

async function read(messages: readonly object[], chunkBytes = 1_000_000) {
  const told: string[] = [];
  const bytes = Buffer.from(messages.map((one) => `${JSON.stringify(one)}\r\n`).join(''));
  async function* answer() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const end = await readBuildStream(answer(), {
    line: (text, stream) => told.push(`${stream} ${text}`),
    step: (step, steps, text) => told.push(`step ${step}/${steps} ${text}`),
    contextSent: () => undefined,
  });
  return { told, end };
}

const trace = (status: Buffer) => ({ id: 'moby.buildkit.trace', aux: status.toString('base64') });
const vertex = (digest: string, name: string, ...more: Buffer[]) =>
  bytesField(1, message(bytesField(1, digest), bytesField(3, name), ...more));
const started = bytesField(5, varintField(1, 1));
const log = (digest: string, text: string | Buffer, stream = 1) =>
  bytesField(3, message(bytesField(1, digest), varintField(3, stream), bytesField(4, text)));

test.each([1_000_000, 7])("the classic builder's lines and steps, in chunks of %s bytes", async (chunkBytes) => {
  const { told, end } = await read(
    [
      { stream: 'Step 1/2 : FROM a' },
      { stream: '\n' },
      { status: 'Pulling', id: 'abc' },
      { stream: ' ---> 0123\nStep 2/2 : COPY . .\n' },
      { aux: { ID: 'sha256:1' } },
      { stream: 'no line feed' },
    ],
    chunkBytes,
  );
  expect(told).toEqual([
    'step 1/2 FROM a',
    'stdout Step 1/2 : FROM a',
    'stdout abc: Pulling',
    'stdout  ---> 0123',
    'step 2/2 COPY . .',
    'stdout Step 2/2 : COPY . .',
    'stdout no line feed',
  ]);
  expect(end).toEqual({ imageId: 'sha256:1', error: undefined });
});

test("BuildKit's vertices are told once, when they begin", async () => {
  const { told } = await read([
    trace(message(vertex('1', '[1/2] FROM a'), vertex('2', '[2/2] COPY . .'))),
    trace(vertex('1', '[1/2] FROM a', varintField(4, 1), started)),
    trace(vertex('1', '[1/2] FROM a', varintField(4, 1), started)),
    trace(message(vertex('2', '[2/2] COPY . .', started), log('2', 'one\ntwo\n'), log('2', 'bad\r\n', 2))),
  ]);
  expect(told).toEqual([
    'step 1/2 FROM a (cached)',
    'stdout [1/2] FROM a (cached)',
    'step 2/2 COPY . .',
    'stdout [2/2] COPY . .',
    'stdout one',
    'stdout two',
    'stderr bad',
  ]);
});

test('a line that BuildKit sends in pieces is one line, and a last one needs no line feed', async () => {
  const smile = Buffer.from('☺');
  const { told } = await read([
    trace(message(log('1', 'half '), log('2', 'other\n'))),
    trace(log('1', Buffer.concat([Buffer.from('and '), smile.subarray(0, 1)]))),
    trace(message(log('1', Buffer.concat([smile.subarray(1), Buffer.from('\n\nlast')])))),
  ]);
  expect(told).toEqual(['stdout other', 'stdout half and ☺', 'stdout ', 'stdout last']);
});

test('why it failed, in the longer words', async () => {
  expect((await read([{ error: 'short', errorDetail: { message: 'in full' } }])).end.error).toBe('in full');
  expect((await read([{ error: 'short' }])).end.error).toBe('short');
  expect((await read([])).end).toEqual({ imageId: undefined, error: undefined });
});

test('which step failed, with either builder', async () => {
  const classic = [{ stream: 'Step 1/2 : FROM a\n' }, { stream: 'Step 2/2 : RUN false\n' }, { error: 'code 1' }];
  expect((await read(classic)).end.failedStep).toBe('RUN false');
  const buildKit = [
    trace(message(vertex('1', '[1/3] FROM a', started), vertex('2', '[2/3] RUN false', started))),
    trace(vertex('3', '[other 1/1] RUN true', started)),
    trace(vertex('2', '[2/3] RUN false', started, bytesField(7, 'exit code: 1'))),
    { error: 'executor failed' },
  ];
  expect((await read(buildKit)).end.failedStep).toBe('RUN false');
  expect((await read(classic.slice(0, 2))).end.failedStep).toBeUndefined();
});
