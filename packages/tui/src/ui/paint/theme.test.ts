import fc from 'fast-check';
import { expect, test } from 'vitest';
import { span } from './row.ts';
import type { Style } from './style.ts';
import { textWidth } from './text-width.ts';
import { themeFor } from './theme.ts';

const UTF8 = { LANG: 'en_US.UTF-8' };
const painted = (style: Style, env: Record<string, string>) => themeFor(env).line([span('x', style)]);
const asText = (text: string, env: Record<string, string>) => themeFor(env).line([span(text)]);

test('meanings have colours of the terminal, and none where NO_COLOR is set', () => {
  expect(painted({ tone: 'bad', bold: true }, UTF8)).toBe('\u001b[31m\u001b[1mx\u001b[22m\u001b[39m');
  expect(painted({ service: 'web' }, UTF8)).toContain('\u001b[39m');
  const plain = { ...UTF8, NO_COLOR: '1' };
  expect(painted({ tone: 'bad', service: 'web', inverse: true }, plain)).toBe('\u001b[7mx\u001b[27m');
  expect(painted({ tone: 'quiet' }, plain)).toBe('\u001b[2mx\u001b[22m');
});

test.each([
  [{ LANG: 'C' }, '* live ~ x'],
  [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, '* live ~ x'],
  [UTF8, '● live … ✗'],
  [{ LC_ALL: 'C.utf8' }, '● live … ✗'],
])('with %j the marks are %j', (env, text) => {
  expect(asText('● live … ✗', env as Record<string, string>)).toBe(text);
});

test('ASCII takes as many cells', () => {
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const cells = [...graphemes.segment(text)].reduce((sum, { segment }) => sum + textWidth(segment), 0);
      expect(asText(text, { LANG: 'C' })).toMatch(/^[\u0020-\u007e]*$/);
      expect(asText(text, { LANG: 'C' })).toHaveLength(cells);
    }),
  );
});
