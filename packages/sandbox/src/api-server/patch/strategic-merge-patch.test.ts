import { expect, test } from 'vitest';
import { structType } from '../../resources/schema/type-schema.ts';
import { rootType } from '../apply/typed-fields.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

const POD_SPEC = rootType(structType('PodSpec'));
const CONTAINER = rootType(structType('Container'));
const META = rootType(structType('ObjectMeta'));
const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: name })) });

test.each([
  ['items with a new key come first', CONTAINER, env('A', 'B'), env('C'), env('C', 'A', 'B')],
  [
    'items are merged by their key',
    CONTAINER,
    env('A', 'B'),
    { env: [{ name: 'B', value: 'x' }] },
    {
      env: [
        { name: 'A', value: 'A' },
        { name: 'B', value: 'x' },
      ],
    },
  ],
  ['items are deleted', CONTAINER, env('A', 'B'), { env: [{ name: 'A', $patch: 'delete' }] }, env('B')],
  ['lists are replaced', CONTAINER, env('A', 'B'), { env: [{ $patch: 'replace' }, ...env('C').env] }, env('C')],
  [
    'items are ordered',
    CONTAINER,
    env('A', 'B', 'C'),
    { '$setElementOrder/env': [{ name: 'C' }, { name: 'A' }, { name: 'B' }] },
    env('C', 'A', 'B'),
  ],
  ['atomic lists are replaced', CONTAINER, { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
  ['null removes', CONTAINER, { image: 'a', command: ['b'] }, { command: null }, { image: 'a' }],
  ['sets grow', META, { finalizers: ['a'] }, { finalizers: ['b'] }, { finalizers: ['b', 'a'] }],
  [
    'values of sets are deleted',
    META,
    { finalizers: ['a', 'b'] },
    { '$deleteFromPrimitiveList/finalizers': ['a'] },
    { finalizers: ['b'] },
  ],
  [
    'only some keys are retained',
    POD_SPEC,
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }] },
    { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
  ],
  [
    'maps are replaced',
    META,
    { labels: { a: 'b' } },
    { labels: { $patch: 'replace', c: 'd' } },
    { labels: { c: 'd' } },
  ],
])('%s', (_, type, target, patch, patched) => {
  expect(strategicMergePatch(target, patch, type)).toEqual(patched);
});

test('an item without its key is refused', () => {
  expect(() => strategicMergePatch(env('A'), { env: [{ value: 'x' }] }, CONTAINER)).toThrow(
    'map: map[value:x] does not contain declared merge key: name',
  );
});
