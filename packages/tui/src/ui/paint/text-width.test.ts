import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { takeWidth, textWidth } from './text-width.ts';

test('every character takes as many cells as terminals give it', () => {
  for (let code = 0x20; code < 0x3000; code += 1) {
    const text = String.fromCharCode(code);
    expect([text, textWidth(text)]).toEqual([text, stringWidth(text)]);
  }
});

test.each([
  ['● live … ✗', 6, '● live'],
  ['日本語', 5, '日本'],
  ['e\u0301e\u0301', 1, 'e\u0301'],
  ['👍🏽!', 2, '👍🏽'],
])('%j in %i cells is %j', (text, columns, taken) => {
  expect(takeWidth(text, columns)).toBe(taken);
});
