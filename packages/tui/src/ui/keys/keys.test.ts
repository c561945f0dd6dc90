import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DETAIL_KEYS, LOGS_SCREEN_KEYS, OVERVIEW_KEYS } from '../app/bindings.ts';
import { type KeyPress, keyNames } from './key-name.ts';
import { keyText } from './key-text.ts';
import { splitMouse } from './mouse.ts';

test.each<[string, KeyPress, string[]]>([
  ['j', {}, ['j']],
  ['G', { shift: true }, ['G']],
  [' ', {}, ['space']],
  ['jjk', {}, ['j', 'j', 'k']],
  ['é👍🏽', {}, ['é', '👍🏽']],
  ['ab\r', {}, ['a', 'b', 'enter']],
  ['', { return: true }, ['enter']],
  ['', { upArrow: true }, ['up']],
  ['', { rightArrow: true, ctrl: true }, ['ctrl-right']],
  ['', { tab: true }, ['tab']],
  ['', { tab: true, shift: true }, ['shift-tab']],
  ['p', { ctrl: true }, ['ctrl-p']],
  [' ', { ctrl: true }, ['ctrl-space']],
  ['a\u0010', {}, ['a', 'ctrl-p']],
  ['j', { meta: true }, ['escape', 'j']],
  ['', { escape: true, meta: true }, ['escape', 'escape']],
  ['a', { eventType: 'release' }, []],
  ['\u0000', {}, []],
])('%j with %j is %j', (input, key, names) => {
  expect(keyNames(input, key)).toEqual(names);
});

test.each([
  ['ctrl-p', 'Ctrl-P'],
  ['page-down', 'PgDn'],
  ['up', '↑'],
  ['!', '!'],
])('%s reads %s', (key, text) => {
  expect(keyText(key)).toBe(text);
});

describe('the mouse', () => {
  test.each([
    ['\u001b[<0;10;5M', [{ is: 'click', column: 9, row: 4 }]],
    ['\u001b[<0;10;5m', []],
    ['\u001b[<64;1;1M', [{ is: 'wheel', direction: 'up' }]],
    ['\u001b[<65;1;1M', [{ is: 'wheel', direction: 'down' }]],
    ['\u001b[<2;1;1M', []],
  ])('%j', (input, mouse) => {
    expect(splitMouse(input)).toEqual({ text: '', mouse, pending: '' });
  });

  test('is taken out of what is typed, wherever the chunks end', () => {
    const input = 'j\u001b[A\u001b[<0;3;4Mk\u001b[<65;1;1M\u001b[5~';
    fc.assert(
      fc.property(fc.integer({ min: 0, max: input.length }), (at) => {
        const first = splitMouse(input.slice(0, at));
        const second = splitMouse(first.pending + input.slice(at));
        // an escape alone is a key, so that it is not kept for what may come
        const rest = first.text.endsWith('\u001b') ? [] : [...first.mouse, ...second.mouse];
        if (rest.length > 0) expect(rest).toHaveLength(2);
        if (rest.length > 0) expect(first.text + second.text + second.pending).toBe('j\u001b[Ak\u001b[5~');
      }),
    );
  });
});

test.each([
  ['overview', OVERVIEW_KEYS],
  ['detail', DETAIL_KEYS],
  ['logs', LOGS_SCREEN_KEYS],
])('no key of the %s screen does two things', (_, bindings) => {
  const keys = bindings.flatMap((binding) => binding.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});
