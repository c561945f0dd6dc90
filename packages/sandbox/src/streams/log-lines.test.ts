import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogLines } from './log-lines.ts';
import { logOptions } from './log-options.ts';

const TIME = '2026-01-01T00:00:00.000000000Z';

test('lines are the same however they were written, and those of two streams are not mixed', () => {
  const pieces = fc.array(
    fc.record({ stream: fc.constantFrom('stdout', 'stderr'), text: fc.stringMatching(/^[ab\n]{0,5}$/) }),
  );
  fc.assert(
    fc.property(pieces, (written) => {
      const lines = new LogLines();
      const records = written.map(({ stream, text }) => ({ time: TIME, stream, bytes: Buffer.from(text) }));
      const told = [...records.flatMap((record) => [...lines.push(record)]), ...lines.end()];
      for (const stream of ['stdout', 'stderr']) {
        const of = (list: readonly { stream: string }[]) => list.filter((each) => each.stream === stream);
        const text = told.filter((line) => line.stream === stream).map(({ bytes }) => bytes.toString());
        expect(text.join('')).toBe(
          written
            .filter((piece) => piece.stream === stream)
            .map((piece) => piece.text)
            .join(''),
        );
        expect(text.slice(0, -1).every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
        expect(of(told).length).toBe(text.length);
      }
    }),
  );
});

test.each([
  ['sinceTime=2026-01-01T01:00:00.5%2B01:00', '2026-01-01T00:00:00.500000000Z'],
  ['sinceTime=2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00.123456789Z'],
  ['sinceSeconds=60', '2025-12-31T23:59:00.000000000Z'],
])('%s is since %s', (query, since) => {
  expect(logOptions(new URLSearchParams(query), Date.parse(TIME)).since).toBe(since);
});

test.each([
  ['tailLines=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
  ['limitBytes=0', 'PodLogOptions "" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
  [
    'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
    'PodLogOptions "" is invalid: sinceSeconds: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
  ],
])('%s is refused', (query, message) => {
  expect(() => logOptions(new URLSearchParams(query), 0)).toThrow(message);
});
