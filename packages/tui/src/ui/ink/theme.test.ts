import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth } from '../paint/text-width.ts';
import { themeFor } from './theme.ts';

const UTF8 = { LANG: 'en_US.UTF-8' };

test('meanings have colours of the terminal, and none where NO_COLOR is set', () => {
  expect(themeFor(UTF8).props({ tone: 'bad', bold: true })).toEqual({ color: 'red', bold: true });
  expect(themeFor(UTF8).props({ service: 'web' })).toEqual({ color: expect.any(String) });
  const plain = themeFor({ ...UTF8, NO_COLOR: '1' });
  expect(plain.props({ tone: 'bad', service: 'web', inverse: true })).toEqual({ inverse: true });
  expect(plain.props({ tone: 'quiet' })).toEqual({ dimColor: true });
});

test.each([
  [{ LANG: 'C' }, '* live ~ x'],
  [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, '* live ~ x'],
  [UTF8, '● live … ✗'],
  [{ LC_ALL: 'C.utf8' }, '● live … ✗'],
])('with %j the marks are %j', (env, text) => {
  expect(themeFor(env).text('● live … ✗')).toBe(text);
});

test('ASCII takes as many cells', () => {
  const theme = themeFor({ LANG: 'C' });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(theme.text(text)).toMatch(/^[\u0020-\u007e]*$/);
      expect(theme.text(text)).toHaveLength(
        [...new Intl.Segmenter().segment(text)].reduce((sum, { segment }) => sum + textWidth(segment), 0),
      );
    }),
  );
});
