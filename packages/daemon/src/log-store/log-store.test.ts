import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { ALL_TIMES, endOfLog, LOG_BEGINNING, LogCursor } from './log-cursor.ts';
import type { StoredSource } from './log-source.ts';
import { findTail } from './log-tail.ts';
import { LogWriter } from './log-writer.ts';
import { readStored } from './read-stored.ts';

const RUNS = { numRuns: 60 };

function containerRun(container: string, restarts = 0): StoredSource {
  return { is: 'container', pod: 'web-1', uid: 'u', container, id: `${container}-${restarts}`, restarts };
}

function open(folder: string, budgetBytes = 1e6): Promise<LogWriter> {
  const onFailure = (error: unknown) => {
    throw error;
  };
  return LogWriter.open({ folder, budgetBytes, onFailure, retry: () => Promise.reject(new Error('no second try')) });
}

const timeOf = (number: number) => Date.UTC(2026, 0, 1) + number * 1000;

/** Lines that carry a number, and are of the second of that number. */
function append(writer: LogWriter, source: StoredSource, numbers: readonly number[], text = ''): void {
  const lines = numbers.map((number) => `${new Date(timeOf(number)).toISOString()} ${number} ${text}\n`);
  writer.append(source, {
    payload: Buffer.from(lines.join('')),
    lines: lines.length,
    firstMs: timeOf(numbers[0] ?? 0),
    lastMs: timeOf(numbers.at(-1) ?? 0),
    isCut: false,
    isContinued: false,
  });
}

async function messages(folder: string, query: Partial<Parameters<typeof readStored>[2]> = {}): Promise<LogMessage[]> {
  const all = { times: ALL_TIMES, tailLines: undefined, withBuilds: true, onlyPrevious: false };
  const found: LogMessage[] = [];
  for await (const message of readStored(path.dirname(folder), path.basename(folder), { ...all, ...query })) {
    found.push(message);
  }
  return found;
}

function numbersOf(found: readonly LogMessage[], container?: string): number[] {
  return found
    .filter((message) => message.type === 'lines' && (container === undefined || message.container === container))
    .flatMap((message) => (message.type === 'lines' ? message.lines : []))
    .map(([, text]) => Number(text.split(' ')[0]));
}

/** Which container writes how many lines, one after the other. */
const writes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 30 })), { maxLength: 30 });

async function appendAll(writer: LogWriter, plan: readonly (readonly [string, number])[], first = 0): Promise<number> {
  let next = first;
  for (const [container, count] of plan) {
    append(
      writer,
      containerRun(container),
      Array.from({ length: count }, (_, index) => next + index),
    );
    next += count;
    if (count % 2 === 0) await new Promise((resolve) => setImmediate(resolve)); // so that more comes while it is written
  }
  await writer.flushed();
  return next;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Appends a line in pieces of 1 MiB, as it comes. */
function appendLong(
  writer: LogWriter,
  source: StoredSource,
  megabytes: number,
  meanwhile: (piece: number) => void,
): string {
  const letters = Array.from({ length: megabytes }, (_, index) => String.fromCharCode(97 + index).repeat(2 ** 20));
  letters.forEach((text, index) => {
    const isCut = index < letters.length - 1;
    const payload = Buffer.from(`${new Date(timeOf(0)).toISOString()} ${text}${isCut ? '' : '\n'}`);
    const times = { firstMs: timeOf(0), lastMs: timeOf(0) };
    writer.append(source, { payload, lines: isCut ? 0 : 1, ...times, isCut, isContinued: index > 0 });
    meanwhile(index);
  });
  return letters.join('');
}

function textsOf(found: readonly LogMessage[]): string[] {
  return found.flatMap((message) => (message.type === 'lines' ? message.lines.map(([, text]) => text) : []));
}

describe('a line of megabytes', () => {
  test('is one row, whoever writes meanwhile and however many segments it is in; as the last line too', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 200e6);
    append(writer, containerRun('a'), [1], 'before');
    const text = appendLong(writer, containerRun('a'), 9, (piece) => append(writer, containerRun('b'), [piece]));
    append(writer, containerRun('a'), [2], 'after');
    await writer.flushed();
    expect(readdirSync(folder).length).toBeGreaterThan(1);
    const of = async (tailLines: number | undefined) =>
      textsOf(
        (await messages(folder, { tailLines })).filter(
          (message) => message.type === 'lines' && message.container === 'a',
        ),
      );
    const [before, long, after] = await of(undefined);
    expect([before, long === text, after]).toEqual(['1 before', true, '2 after']);
    expect((await of(3)).map((row) => row === text || row)).toEqual([true, '2 after']); // and the last of b
    expect(await of(1)).toEqual(['2 after']);
  });

  test('is told to have more where it is longer than a row may be', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 200e6);
    const text = appendLong(writer, containerRun('a'), 18, () => undefined);
    await writer.flushed();
    const [first = '', second = '', ...more] = textsOf(await messages(folder));
    expect(more).toEqual([]);
    expect(first.length).toBeLessThan(17 * 2 ** 20);
    expect(first.endsWith(' … [devloop: the line goes on in the next row]')).toBe(true);
    expect(second.startsWith('[devloop: the line goes on from the row before] … ')).toBe(true);
    const shown = first.slice(0, first.lastIndexOf(' … ')) + second.slice(second.indexOf(' … ') + 3);
    expect(shown === text).toBe(true);
  });

  test('that is not over is shown as far as it has come', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 200e6);
    const payload = Buffer.from(`${new Date(timeOf(0)).toISOString()} as far as this`);
    const times = { firstMs: timeOf(0), lastMs: timeOf(0) };
    writer.append(containerRun('a'), { payload, lines: 0, ...times, isCut: true, isContinued: false });
    await writer.flushed();
    expect(textsOf(await messages(folder))).toEqual(['as far as this']);
  });
});

test('that all of a source is stored is known to the next writer, over segments, until more comes', async () => {
  const folder = temporaryFolder();
  const isComplete = (writer: LogWriter) => writer.open.map((source) => source.isComplete);
  {
    await using writer = await open(folder, 20_000);
    append(writer, containerRun('a'), [1]);
    append(writer, containerRun('b'), [1]);
    writer.complete(containerRun('a'), timeOf(1));
    for (const number of upTo(200)) append(writer, containerRun('b'), [number], 'x'.repeat(100));
    writer.complete(containerRun('never heard of'), timeOf(1));
    await writer.flushed();
    expect(readdirSync(folder).length).toBeGreaterThan(1);
  }
  {
    await using writer = await open(folder, 20_000);
    expect(isComplete(writer)).toEqual([true, false]);
    append(writer, containerRun('a'), [300]);
    expect(isComplete(writer)).toEqual([false, false]);
  }
  await using writer = await open(folder, 20_000);
  expect(isComplete(writer)).toEqual([false, false]);
});

describe('what is appended is read back', () => {
  test('in its order, over any number of writers one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(writes, { maxLength: 4 }), async (plans) => {
        const folder = temporaryFolder();
        let count = 0;
        for (const plan of plans) {
          await using writer = await open(folder, 1e7);
          count = await appendAll(writer, plan, count);
        }
        expect(numbersOf(await messages(folder))).toEqual(upTo(count));
      }),
      RUNS,
    );
  });

  test('as bytes, whatever they are', async () => {
    const bytes = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array).filter((byte) => byte !== 10));
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 10 }), async (texts) => {
        const folder = temporaryFolder();
        await using writer = await open(folder);
        const stamp = Buffer.from('2026-01-01T00:00:00Z ');
        for (const text of texts) {
          const payload = Buffer.concat([stamp, text, Buffer.from('\n')]);
          writer.append(containerRun('a'), {
            payload,
            lines: 1,
            firstMs: 0,
            lastMs: 0,
            isCut: false,
            isContinued: false,
          });
        }
        await writer.flushed();
        const read: Buffer[] = [];
        for await (const entry of new LogCursor(folder, LOG_BEGINNING).read(writer.committed)) {
          if (entry.is === 'lines') read.push(entry.block.payload.subarray(stamp.length, -1));
        }
        expect(read.map((text) => text.toString('hex'))).toEqual(
          texts.map((text) => Buffer.from(text).toString('hex')),
        );
      }),
      RUNS,
    );
  });

  test('by who follows it, piece by piece, to the same lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(writes, { maxLength: 5 }), async (plans) => {
        const folder = temporaryFolder();
        await using writer = await open(folder, 30_000);
        const cursor = new LogCursor(folder, LOG_BEGINNING);
        const read: string[] = [];
        let count = 0;
        for (const plan of plans) {
          count = await appendAll(writer, plan, count);
          for await (const entry of cursor.read(writer.committed)) {
            if (entry.is === 'lines') read.push(...entry.block.payload.toString().trimEnd().split('\n'));
          }
          expect(cursor.place).toEqual(writer.committed);
        }
        expect(read.map((line) => Number(line.split(' ')[1]))).toEqual(upTo(count));
      }),
      RUNS,
    );
  });
});

describe('after an end by force', () => {
  test('what was whole is there, and what comes is appended to it, wherever the file was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        writes,
        writes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.uint8Array(),
        async (before, after, share, garbage) => {
          const folder = temporaryFolder();
          {
            await using writer = await open(folder);
            await appendAll(writer, before);
          }
          const [file] = readdirSync(folder).map((name) => path.join(folder, name));
          if (file !== undefined) {
            truncateSync(file, Math.floor(statSync(file).size * share));
            appendFileSync(file, garbage);
          }
          const whole = numbersOf(await messages(folder));
          expect(whole).toEqual(upTo(whole.length));
          await using writer = await open(folder);
          const count = await appendAll(writer, after, whole.length);
          expect(numbersOf(await messages(folder))).toEqual(upTo(count));
        },
      ),
      RUNS,
    );
  });

  test('it is known which sources were open, and how far they were', async () => {
    const folder = temporaryFolder();
    {
      await using writer = await open(folder, 20_000);
      append(writer, containerRun('quiet'), [7]);
      append(writer, containerRun('gone'), [8]);
      writer.end(containerRun('gone'), timeOf(9));
      for (let at = 10; at < 60; at++) append(writer, containerRun('chatty'), [at], 'x'.repeat(1000));
    }
    await using writer = await open(folder, 20_000);
    expect(numbersOf(await messages(folder), 'quiet')).toEqual([]); // its line has been dropped
    expect(writer.open).toEqual([
      { source: containerRun('quiet'), lastMs: timeOf(7), isComplete: false },
      { source: containerRun('chatty'), lastMs: timeOf(59), isComplete: false },
    ]);
  });
});

describe('the budget', () => {
  test('holds, the newest lines are there, and what was dropped is told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5000, max: 50_000 }),
        fc.integer({ min: 1, max: 60 }),
        async (budget, blocks) => {
          const folder = temporaryFolder();
          await using writer = await open(folder, budget);
          for (let at = 0; at < blocks; at++) append(writer, containerRun('a'), [at], 'x'.repeat(budget / 30));
          await writer.flushed();
          const size = readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
          expect(size).toBeLessThanOrEqual(budget);
          const found = await messages(folder);
          const numbers = numbersOf(found);
          expect(numbers).toEqual(upTo(blocks).slice(-numbers.length));
          expect(found[0]?.type === 'gap').toBe(numbers.length < blocks);
        },
      ),
      RUNS,
    );
  });

  test('that older lines were dropped is told to who asks for them, and to nobody else', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 10_000);
    for (let at = 0; at < 60; at++) append(writer, containerRun('a'), [at], 'x'.repeat(500));
    await writer.flushed();
    const isTold = async (since: number) => {
      const found = await messages(folder, { times: { ...ALL_TIMES, sinceMs: timeOf(since) } });
      return found.some(({ type }) => type === 'gap');
    };
    expect([await isTold(0), await isTold(58)]).toEqual([true, false]);
  });

  test('a reader whose place was dropped is told so, and goes on with the oldest that is there', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 10_000);
    const cursor = new LogCursor(folder, LOG_BEGINNING);
    for (let at = 0; at < 60; at++) append(writer, containerRun('a'), [at], 'x'.repeat(500));
    await writer.flushed();
    const kinds: string[] = [];
    for await (const entry of cursor.read(writer.committed)) kinds.push(entry.is);
    expect(kinds[0]).toBe('dropped');
    expect(new Set(kinds.slice(1))).toEqual(new Set(['lines']));
  });
});

describe('what is asked for', () => {
  test('the last lines, of any number, of some sources', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(60), async (plan, most) => {
        const folder = temporaryFolder();
        await using writer = await open(folder, 1e7);
        await appendAll(writer, plan);
        const all = numbersOf(await messages(folder));
        expect(numbersOf(await messages(folder, { tailLines: most }))).toEqual(most === 0 ? [] : all.slice(-most));
      }),
      RUNS,
    );
  });

  test('the tail reads no more segments than it needs', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 100_000);
    for (let at = 0; at < 60; at++) append(writer, containerRun('a'), [at], 'x'.repeat(1000));
    await writer.flushed();
    const to = await endOfLog(folder);
    const { place } = await findTail(folder, to, 2, () => true);
    expect(place.segment).toBe(to.segment);
  });

  test('times, across segments', async () => {
    const folder = temporaryFolder();
    await using writer = await open(folder, 100_000);
    for (let at = 0; at < 60; at += 3) append(writer, containerRun('a'), [at, at + 1, at + 2], 'x'.repeat(300));
    await writer.flushed();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -5, max: 70 }), fc.integer({ min: -5, max: 70 }), async (since, until) => {
        const times = { sinceMs: timeOf(since), untilMs: timeOf(until) };
        const wanted = upTo(60).filter((number) => number >= since && number <= until);
        expect(numbersOf(await messages(folder, { times }))).toEqual(wanted);
      }),
      { numRuns: 20 },
    );
  });
});

test('a gap is told where it is, with what is known of it', async () => {
  const folder = temporaryFolder();
  await using writer = await open(folder);
  append(writer, containerRun('a'), [1]);
  writer.appendGap(containerRun('a'), { because: 'it was rotated', from: 'then', to: 'now' }, timeOf(2));
  append(writer, containerRun('a'), [3]);
  await writer.flushed();
  expect((await messages(folder)).map(({ type }) => type)).toEqual(['lines', 'gap', 'lines']);
  expect((await messages(folder))[1]).toMatchObject({
    because: 'it was rotated',
    from: 'then',
    to: 'now',
    container: 'a',
  });
});

test('a disk that takes nothing holds up who appends, and loses nothing once it does', async () => {
  const folder = path.join(temporaryFolder({ 'in-the-way': '' }), 'in-the-way');
  await expect(open(folder)).rejects.toMatchObject({ code: 'EEXIST' });

  const [failed, mended] = [Promise.withResolvers<unknown>(), Promise.withResolvers<void>()];
  const folderToBe = path.join(temporaryFolder(), 'web');
  await using writer = await LogWriter.open({
    folder: folderToBe,
    budgetBytes: 1e7,
    onFailure: failed.resolve,
    retry: () => mended.promise,
  });
  rmSync(folderToBe, { recursive: true });
  writeFileSync(folderToBe, 'in the way');
  for (let at = 0; at < 30; at++) append(writer, containerRun('a'), [at], 'x'.repeat(50_000));
  expect(await failed.promise).toMatchObject({ code: 'EEXIST' });
  expect(writer.isFull).toBe(true);
  const drained = writer.drained(new AbortController().signal);
  rmSync(folderToBe);
  mended.resolve();
  await drained;
  await writer.flushed();
  expect(numbersOf(await messages(folderToBe))).toEqual(upTo(30));
});

test.each([
  ['its folder', (folder: string) => rmSync(folder, { recursive: true })],
  [
    'the file that is written to',
    (folder: string) => readdirSync(folder).forEach((name) => void rmSync(path.join(folder, name))),
  ],
])(
  'where somebody removes %s, what comes is stored all the same, and that older lines are gone is told',
  async (_, remove) => {
    for (const budgetBytes of [1e6, 8000]) {
      const folder = path.join(temporaryFolder(), 'web');
      await using writer = await open(folder, budgetBytes);
      append(writer, containerRun('quiet'), [0]);
      append(writer, containerRun('a'), upTo(9).slice(1));
      await writer.flushed();
      remove(folder);
      for (let number = 9; number < 60; number++) append(writer, containerRun('a'), [number]);
      await writer.flushed();
      append(writer, containerRun('quiet'), [60]);
      await writer.flushed();
      const found = await messages(folder);
      const numbers = numbersOf(found);
      expect(found[0]).toMatchObject({ type: 'gap', because: expect.stringMatching(/dropped/) });
      expect(numbers).toEqual(upTo(61).slice(-numbers.length));
      if (budgetBytes === 1e6) expect(numbers[0]).toBe(9);
      await writer[Symbol.asyncDispose]();
      await using next = await open(folder, budgetBytes);
      expect(next.open.map(({ lastMs }) => lastMs)).toEqual([timeOf(60), timeOf(59)]);
    }
  },
);

test('who waits until its lines are written does not wait for those that come later, however many they are', async () => {
  const folder = temporaryFolder();
  await using writer = await open(folder, 1e8);
  let isOver = false;
  const flood = (async () => {
    for (let at = 1; !isOver; at++) {
      append(writer, containerRun('flood'), [at], 'x'.repeat(10_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await new Promise((resolve) => setImmediate(resolve));
  append(writer, containerRun('a'), [0]);
  await writer.flushed();
  expect(numbersOf(await messages(folder), 'a')).toEqual([0]);
  isOver = true;
  await flood;
});

test('files are for their owner alone', async () => {
  const folder = path.join(temporaryFolder(), 'web');
  await using writer = await open(folder);
  append(writer, containerRun('a'), [1]);
  await writer.flushed();
  const [name = ''] = readdirSync(folder);
  expect([folder, path.join(folder, name)].map((file) => statSync(file).mode & 0o077)).toEqual([0, 0]);
  expect(readFileSync(path.join(folder, name)).length).toBe(writer.committed.offset);
});
