import { expect, test } from 'vitest';
import { JsonPatchError, jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';

test.each([
  [
    { op: 'add', path: '/a/b', value: 1 },
    { a: { b: 1 }, l: [1, 2] },
  ],
  [
    { op: 'add', path: '/l/-', value: 3 },
    { a: {}, l: [1, 2, 3] },
  ],
  [
    { op: 'add', path: '/l/0', value: 0 },
    { a: {}, l: [0, 1, 2] },
  ],
  [
    { op: 'remove', path: '/l/0' },
    { a: {}, l: [2] },
  ],
  [
    { op: 'replace', path: '/a', value: 'x' },
    { a: 'x', l: [1, 2] },
  ],
  [
    { op: 'move', from: '/l/1', path: '/a/m' },
    { a: { m: 2 }, l: [1] },
  ],
  [
    { op: 'copy', from: '/l', path: '/a/c~1d' },
    { a: { 'c/d': [1, 2] }, l: [1, 2] },
  ],
  [
    { op: 'test', path: '/l/1', value: 2 },
    { a: {}, l: [1, 2] },
  ],
  [{ op: 'add', path: '', value: 1 }, 1],
])('%j', (operation, patched) => {
  expect(jsonPatch({ a: {}, l: [1, 2] }, [operation])).toEqual(patched);
});

test.each([
  { op: 'remove', path: '/nope' },
  { op: 'replace', path: '/nope', value: 1 },
  { op: 'add', path: '/no/pe', value: 1 },
  { op: 'add', path: '/l/9', value: 1 },
  { op: 'test', path: '/a', value: 1 },
  { op: 'dance', path: '/a' },
  { op: 'add', path: 'a', value: 1 },
])('%j does not fit', (operation) => {
  expect(() => jsonPatch({ a: {}, l: [1] }, [operation])).toThrow(JsonPatchError);
});

test('what is no operation is refused', () => {
  for (const operation of [null, 1, {}, { op: 'add', path: 1 }, { op: 'move', path: '/x' }]) {
    expect(() => jsonPatch({}, [operation as never])).toThrow(JsonPatchError);
  }
});

test('no key reaches the prototype of objects', () => {
  const patched = jsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
  expect(Object.keys(patched as object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a merge patch merges maps, replaces the rest and removes by null', () => {
  expect(mergePatch({ a: { b: 1, c: 2 }, l: [1] }, { a: { b: null, d: 3 }, l: [2] })).toEqual({
    a: { c: 2, d: 3 },
    l: [2],
  });
});
