import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { takeWidth, textWidth } from './text-width.ts';

test('every character takes as many cells as terminals give it', () => {
  const texts = Array.from({ length: 0x3000 - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
  expect(texts.filter((text) => textWidth(text) !== stringWidth(text))).toEqual([]);
});

test('a text takes as many cells as its library says, whatever stands beside what', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'plain',
      '日本',
      'e\u0301',
      '👍🏽',
      '👨‍👩‍👧‍👦',
      '🇩🇪🇩',
      'ｶﾞ',
      '\u1100\u1161\u11a8',
      '\u200d',
      '\ufe0f',
      '\ud83d',
      '#\u20e3',
    ),
    fc.constantFrom(
      'العربية',
      '\u0301',
      '\t',
      '\r\n',
      '\u001b[31m',
      '\u001b]8;;http://x\u0007',
      '\u009b5A',
      'नि',
      '\u202e',
    ),
  );
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(fc.property(text, (one) => textWidth(one) === stringWidth(one)));
});

test.each([
  ['● live … ✗', 6, '● live'],
  ['日本語', 5, '日本'],
  ['e\u0301e\u0301', 1, 'e\u0301'],
  ['👍🏽!', 2, '👍🏽'],
])('%j in %i cells is %j', (text, columns, taken) => {
  expect(takeWidth(text, columns)).toBe(taken);
});
