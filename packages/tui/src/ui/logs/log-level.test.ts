import { describe, expect, test } from 'vitest';
import { detectRank, LEVELS } from './log-level.ts';
import { LogReader } from './log-reader.ts';
import { LogStore } from './log-store.ts';
import { say } from './logs.fake.ts';

const levelOf = (text: string) => LEVELS[detectRank(text)];

test.each([
  ['time="2026-01-01T00:00:00Z" level=warning msg="x"', 'warn'],
  ['level=warn msg=x', 'warn'],
  ['ts=1 lvl="error" x', 'error'],
  ['{"level":"warn","msg":"x"}', 'warn'],
  ['{"time":1,"severity": "ERROR"}', 'error'],
  ['{"level":30,"msg":"pino"}', 'info'],
  ['{"name":"bunyan","level":50}', 'error'],
  ['{"@t":"2026-01-01","@l":"Warning"}', 'warn'],
  ['{"msg":"no level here"}', undefined],
  ['[WARN] x', 'warn'],
  ['[ERROR ] x', 'error'],
  ['WARN: x', 'warn'],
  ['W0101 12:00:00.000000       1 reflector.go:324] x', 'warn'],
  ['E0101 12:00:00.000000       1 x.go:1] x', 'error'],
  ['ERROR:root:something', 'error'],
  ['WARNING:django.request:Not Found: /x', 'warn'],
  ['2026-01-01 12:00:00,123 - INFO - started', 'info'],
  ['2026-01-01 12:00:00.123  INFO 1 --- [main] o.s.b.Application : Started', 'info'],
  ['2026-01-01T12:00:00.123Z ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C : failed', 'error'],
  ['12:00:00.123 [main] DEBUG com.example.App - x', 'debug'],
  ['2026/01/01 12:00:00 [error] 31#31: *1 open() failed', 'error'],
  ['2026/01/01 12:00:00 [notice] 1#1: start worker process 30', 'info'],
  ['2026-01-01 12:00:00.000 UTC [62] ERROR:  relation "x" does not exist', 'error'],
  ['2026-01-01 12:00:00.000 UTC [62] LOG:  checkpoint starting', undefined],
  ['[2026-01-01T00:00:00Z WARN  app::db] slow', 'warn'],
  ['2026-01-01T00:00:00.000Z  WARN app: slow', 'warn'],
  ['2026-01-01 12:00:00.000 | ERROR    | mod:fn:1 - x', 'error'],
  ['12:00PM INF listening', 'info'],
  ['warn: Microsoft.Hosting.Lifetime[0]', 'warn'],
  ['fail: Microsoft.AspNetCore[1]', 'error'],
  ['W, [2026-01-01T00:00:00.000000 #1]  WARN -- : x', 'warn'],
  ['TypeError: x is not a function', 'error'],
  ['Traceback (most recent call last):', 'error'],
  ['panic: runtime error: index out of range', 'fatal'],
  ['GET /error/info 200', undefined],
  ['the user saw an ERROR page', undefined],
  ['', undefined],
])('%s', (text, level) => {
  expect(levelOf(text)).toBe(level);
});

describe('lines without a level', () => {
  test('belong to the line above of their own container', () => {
    const store = new LogStore();
    say(store, 'web', ['ERROR: boom', '    at one', '    at two', 'INFO: fine', 'more'], 0);
    say(store, 'db', ['plain'], 1.5);
    const ranks = store.entries.map((entry) => [entry.text, LEVELS[store.reader.rank(entry)]]);
    expect(ranks).toEqual([
      ['ERROR: boom', 'error'],
      ['    at one', 'error'],
      ['plain', 'info'],
      ['    at two', 'error'],
      ['INFO: fine', 'info'],
      ['more', 'info'],
    ]);
  });

  test('do so only near it, in whatever order they are looked at', () => {
    const texts = ['ERROR: boom', ...Array.from({ length: 300 }, (_, index) => `plain ${index}`)];
    const ranksBy = (order: (count: number) => number[]) => {
      const store = new LogStore();
      say(store, 'web', texts);
      const reader = new LogReader();
      for (const index of order(store.entries.length)) {
        const entry = store.entries[index];
        if (entry !== undefined) reader.rank(entry);
      }
      return store.entries.map(({ passed }) => LEVELS[passed]);
    };
    const down = ranksBy((count) => Array.from({ length: count }, (_, index) => index));
    const up = ranksBy((count) => Array.from({ length: count }, (_, index) => count - 1 - index));
    expect(down).toEqual(up);
    expect(down.filter((level) => level === 'error')).toHaveLength(201);
    expect(down.at(-1)).toBe('info');
  });
});
