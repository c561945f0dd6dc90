import { expect, test } from 'vitest';
import { paletteFor } from '../terminal/palette.ts';
import { LogPrinter } from './log-printer.ts';

const at = '2026-01-01T12:00:00.123456789Z';
const line = (service: string, pod: string, text: string, container = service) => ({
  type: 'lines' as const,
  service,
  pod,
  container,
  lines: [[at, text]] satisfies [string, string][],
});

test('a line carries its service, and its pod and container once there are several', () => {
  const printer = new LogPrinter(paletteFor({}, {}), false);
  expect([
    ...printer.lines(line('web', 'web-1-abcde', 'up')),
    ...printer.lines(line('database', 'database-0', '\u001b[32mready\u001b[0m')),
    ...printer.lines(line('web', 'web-1-fghij', 'up too')),
    ...printer.lines(line('web', 'web-1-fghij', 'proxying', 'sidecar')),
    ...printer.lines({
      type: 'gap',
      service: 'web',
      pod: 'web-1-fghij',
      container: 'web',
      because: 'the log was rotated',
    }),
    ...printer.lines({
      type: 'gap',
      service: 'web',
      pod: 'web-1-fghij',
      container: 'web',
      from: '2026-01-01T12:00:00.000Z',
      to: '2026-01-01T12:00:05.000Z',
      because: 'the log was rotated in a silence',
      isPerhapsNone: true,
    }),
  ]).toMatchInlineSnapshot(`
    [
      "web  up",
      "database  ready",
      "web fghij  up too",
      "web fghij sidecar  proxying",
      "web fghij web      … lines are missing here: the log was rotated",
      "web fghij web      … perhaps nothing is missing here: the log was rotated in a silence (from 2026-01-01T12:00:00.000Z to 2026-01-01T12:00:05.000Z)",
    ]
  `);
});

test('with time stamps', () => {
  expect(new LogPrinter(paletteFor({}, {}), true).lines(line('web', 'p', 'hi'))).toEqual([`web  ${at} hi`]);
});
