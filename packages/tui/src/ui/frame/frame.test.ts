import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { liveService } from '../../daemon/daemon.fake.ts';
import { type Row, rowWidth } from '../paint/row.ts';
import { frameRows } from './frame.ts';
import { WORLDS, world } from './worlds.fake.ts';

vi.stubEnv('TZ', 'UTC');

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
  { columns: 40, rows: 12 },
];

const text = (rows: readonly Row[]) =>
  rows
    .map(
      (row) =>
        `${row
          .map((piece) => piece.text)
          .join('')
          .trimEnd()}\n`,
    )
    .join('');

for (const size of SIZES) {
  const name = `${size.columns}x${size.rows}`;
  test.each(Object.keys(WORLDS))(`%s at ${name}`, async (shown) => {
    const rows = frameRows(WORLDS[shown] ?? world([]), size);
    await expect(text(rows)).toMatchFileSnapshot(`golden/${shown.replaceAll(' ', '-')}-${name}.txt`);
  });
}

test('every frame has exactly the rows of the screen, none wider than it', () => {
  const worlds = fc.constantFrom(...Object.values(WORLDS));
  const size = fc.record({ columns: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 80 }) });
  fc.assert(
    fc.property(worlds, size, (shown, given) => {
      const rows = frameRows(shown, given);
      expect(rows).toHaveLength(given.rows);
      expect(Math.max(...rows.map(rowWidth))).toBeLessThanOrEqual(given.columns);
    }),
    { numRuns: 500 },
  );
});

test('nothing that a service is called or says can break a row', () => {
  // fast-check's own unit for this makes a table of all characters, which takes longer than the test
  const character = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
  const foreign = fc.string({ unit: character, maxLength: 60 });
  fc.assert(
    fc.property(foreign, foreign, (message, detail) => {
      const failure = { code: 'build/failed' as const, message, remedy: detail, evidence: [message, detail] };
      const since = '2026-01-01T12:00:00.000Z';
      const activity = { is: 'working', revision: 4, phase: 'build', detail, since } as const;
      const shown = world([liveService('web', { failure, seenRevision: 4 }), liveService('api', { activity })]);
      const rows = frameRows(shown, { columns: 80, rows: 24 });
      expect(rows).toHaveLength(24);
      for (const row of rows) {
        expect(rowWidth(row)).toBeLessThanOrEqual(80);
        expect(row.map((piece) => piece.text).join('')).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});
