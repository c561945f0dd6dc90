import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { takeWidth, textWidth } from './text-width.ts';

test('every character takes as many cells as terminals give it', () => {
  const texts = Array.from({ length: 0x3000 - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
  expect(texts.filter((text) => textWidth(text) !== stringWidth(text))).toEqual([]);
});

test.each([
  ['● live … ✗', 6, '● live'],
  ['日本語', 5, '日本'],
  ['e\u0301e\u0301', 1, 'e\u0301'],
  ['👍🏽!', 2, '👍🏽'],
])('%j in %i cells is %j', (text, columns, taken) => {
  expect(takeWidth(text, columns)).toBe(taken);
});
