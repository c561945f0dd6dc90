import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../paint/text-width.ts';
import { CellText } from './cells.ts';
import { safeText, visibleText } from './log-text.ts';

describe('safe text', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['10%\r50%\r100%\r', '100%'],
    ['done\r\u001b[K', 'done'],
    ['a\tb', 'a  b'],
    ['nul\u0000 bell\u0007', 'nul bell'],
    ['over\u202eride', 'override'],
    ['line\u2028break', 'linebreak'],
    ['half \ud83d', 'half \ufffd'],
    ['👨‍👩‍👧 ❤️', '👨‍👩‍👧 ❤️'],
    [`z${'\u0301'.repeat(500)}`, `z${'\u0301'.repeat(6)}`],
  ])('%j is %j', (foreign, safe) => {
    expect(safeText(foreign)).toBe(safe);
    expect(visibleText(foreign, 10_000)).toBe(safe);
  });

  test('of a long line is its beginning, or that of its last drawing', () => {
    expect(visibleText(`start ${'x'.repeat(1_000_000)}`, 20)).toBe(`start ${'x'.repeat(14)}`);
    expect(visibleText(`${'x\r'.repeat(500_000)}last one`, 20)).toBe('last one');
    expect(visibleText('😀'.repeat(100), 5)).toBe('😀😀');
  });
});

describe('cells', () => {
  const graphemes = fc.constantFrom(
    'a',
    'é',
    'ß',
    '—',
    '日',
    'か',
    '한',
    '。',
    '😀',
    '👨‍👩‍👧',
    'e\u0301',
    '🇩🇪',
    '\u0627',
    'ﾊﾞ',
  );
  const text = fc.array(graphemes, { maxLength: 40 }).map((parts) => safeText(parts.join('')));

  test('an end is as far as fits, and no further', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 30 }), (whole, columns) => {
        const cells = new CellText(whole);
        const end = cells.endOf(0, columns);
        expect(textWidth(whole.slice(0, end))).toBeLessThanOrEqual(columns);
        if (end < whole.length) {
          expect(textWidth(whole.slice(0, cells.afterGrapheme(end)))).toBeGreaterThan(columns);
        }
      }),
    );
  });
});
