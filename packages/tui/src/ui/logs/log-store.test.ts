import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogStore } from './log-store.ts';
import { at, say } from './logs.fake.ts';

const texts = (store: LogStore) => store.entries.map(({ text }) => text);

describe('the merged order', () => {
  test('is that of the time stamps, over histories that come one after the other', () => {
    const store = new LogStore();
    say(store, 'web', ['w0', 'w1', 'w2'], 0);
    say(store, 'db', ['d0', 'd1', 'd2'], 0.5);
    store.add({ type: 'lines', service: 'mq', pod: 'p', container: 'c', lines: [[at(-1), 'first']] });
    expect(texts(store)).toEqual(['first', 'w0', 'd0', 'w1', 'd1', 'w2', 'd2']);
  });

  test('counts fractions of a second of any length, and time zones', () => {
    const store = new LogStore();
    const stamps = ['00:00:01Z', '00:00:01.5Z', '00:00:01.25Z', '00:00:01.250000001Z', '00:00:01.249999Z'];
    stamps.forEach((time, index) => {
      store.add({ type: 'lines', service: `s${index}`, pod: '', container: '', lines: [[`2026-01-01T${time}`, time]] });
    });
    const lines: [string, string][] = [['2026-01-01T01:00:01.1+01:00', 'east']];
    store.add({ type: 'lines', service: 'east', pod: '', container: '', lines });
    expect(texts(store)).toEqual([
      '00:00:01Z',
      'east',
      '00:00:01.249999Z',
      '00:00:01.25Z',
      '00:00:01.250000001Z',
      '00:00:01.5Z',
    ]);
  });

  test('keeps the order of each container, whatever its clock says', () => {
    const batch = fc.record({
      service: fc.constantFrom('a', 'b', 'c'),
      times: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(batch), (batches) => {
        const store = new LogStore();
        for (const [index, { service, times }] of batches.entries()) {
          const lines = times.map((time, place): [string, string] => [at(time), `${index}.${place}`]);
          store.add({ type: 'lines', service, pod: '', container: '', lines });
        }
        for (const name of ['a', 'b', 'c']) {
          const own = store.entries.filter(({ origin }) => origin.service === name);
          expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index));
        }
      }),
    );
  });

  test('has gaps where their container was, and crashes when they were', () => {
    const store = new LogStore();
    say(store, 'web', ['one'], 0);
    const gap = { type: 'gap', service: 'web', pod: 'web-7d9f-abcde', container: 'web' } as const;
    store.add({ ...gap, because: 'too slow' });
    store.add({ ...gap, because: 'it was rotated', isPerhapsNone: true });
    store.crash('web', 'web-7d9f-abcde', 'web', at(5), 'exit code 1');
    say(store, 'db', ['later'], 3);
    expect(store.entries.map(({ source, text }) => [source, text])).toEqual([
      ['run', 'one'],
      ['gap', 'too slow'],
      ['gap', 'perhaps nothing is missing: it was rotated'],
      ['run', 'later'],
      ['crash', 'exit code 1'],
    ]);
    expect(store.crashes).toHaveLength(1);
  });
});

describe('what is kept', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

  test('is bounded, and the quiet keep theirs', () => {
    const store = new LogStore({ entries: 1000, characters: 1e9 });
    say(store, 'quiet', numbered(100), 0);
    for (let round = 0; round < 50; round += 1) say(store, 'chatty', numbered(100), 1000 + round * 100);
    expect(store.entries.length).toBeLessThanOrEqual(1000);
    expect(store.entries.length).toBeGreaterThanOrEqual(950);
    expect(store.entries.filter(({ origin }) => origin.service === 'quiet')).toHaveLength(100);
    expect(store.evicted + store.entries.length).toBe(5100);
    expect(store.entries.at(-1)?.text).toBe('line 99');
  });

  test('is bounded by its length too', () => {
    const store = new LogStore({ entries: 1e6, characters: 10_000 });
    say(store, 'quiet', ['short'], 0);
    for (let round = 0; round < 30; round += 1) say(store, 'chatty', ['x'.repeat(999)], 10 + round);
    expect(store.characters).toBeLessThanOrEqual(10_000);
    expect(store.characters).toBe(store.entries.reduce((sum, { text }) => sum + text.length, 0));
    expect(store.services).toEqual(['chatty', 'quiet']);
  });

  test('forgets who has no lines left', () => {
    const store = new LogStore({ entries: 100, characters: 1e9 });
    store.add({ type: 'lines', service: 'web', pod: 'old', container: 'c', lines: [[at(0), 'old']] });
    const before = store.originsVersion;
    say(store, 'web', numbered(200), 10);
    expect([...store.origins].map(({ pod }) => pod)).toEqual(['web-7d9f-abcde']);
    expect(store.originsVersion).toBeGreaterThan(before);
  });

  test('can be asked for by arrival, with evicted lines between', () => {
    const store = new LogStore({ entries: 100, characters: 1e9 });
    for (let round = 0; round < 10; round += 1) {
      say(store, 'quiet', ['q'], round * 100);
      say(store, 'chatty', numbered(30), round * 100);
    }
    for (const id of [0, 1, 31, 62, 150, 309, 310]) {
      const expected = [...store.entries].filter((entry) => entry.id > id).sort((a, b) => a.id - b.id);
      expect(store.arrivedAfter(id, 1000)).toEqual(expected);
    }
  });
});

test('adding looks at no text', () => {
  const store = new LogStore({ entries: 1000, characters: 1e9 });
  say(
    store,
    'web',
    Array.from({ length: 3000 }, () => '\u001b[31m{"level":"warn"}'),
  );
  expect(store.reader.read).toBe(0);
});

test('its version grows with each change', () => {
  const store = new LogStore();
  say(store, 'web', []);
  expect(store.version).toBe(0);
  say(store, 'web', ['one']);
  store.crash('web', '', '', at(1), 'exit code 1');
  expect(store.version).toBe(2);
});
