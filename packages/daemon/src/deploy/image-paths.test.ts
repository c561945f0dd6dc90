import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imagesAt, likelyImagePaths, parseImagePath, replaceImagesAt } from './image-paths.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

function rollout(spec: unknown): KubernetesObject {
  return { apiVersion: 'example.com/v1', kind: 'Rollout', metadata: { name: 'web' }, spec };
}

const parts = rollout({
  image: 'one',
  parts: [{ image: 'two' }, { image: 'three', count: 1 }, { name: 'none' }],
  deep: [[{ image: 'four' }], [{ image: 'five' }]],
  names: ['six', ''],
  number: 7,
});

test.each<[string, string[]]>([
  ['spec.image', ['one']],
  ['spec.parts[*].image', ['two', 'three']],
  ['spec.parts[1].image', ['three']],
  ['spec.parts[9].image', []],
  ['spec.deep[*][0].image', ['four', 'five']],
  ['spec.deep[1][*].image', ['five']],
  ['spec.names[*]', ['six']],
  // what is no text, and what is another kind of thing than the place says
  ['spec.number', []],
  ['spec.parts', []],
  ['spec.parts.image', []],
  ['spec.parts.length', []],
  ['spec.image[0]', []],
  ['spec[*]', []],
  ['spec.toString', []],
  ['status.image', []],
])('%s', (path, images) => {
  expect(imagesAt(parts, [parseImagePath(path)])).toEqual(images);
});

test('where an image most likely is', () => {
  const object = rollout({
    parts: [{ image: 'web:1' }, { image: 'web:2' }],
    initImages: ['web:3'],
    name: 'web:4',
    nested: { 'with.dot': { image: 'web:5' }, sidecarImage: 'web:6', image: 'other' },
  });
  const found = likelyImagePaths(object, (text) => text.startsWith('web:'));
  expect(found).toEqual(['spec.parts[*].image', 'spec.initImages[*]', 'spec.nested.sidecarImage']);
  expect(imagesAt(object, found.map(parseImagePath))).toEqual(['web:1', 'web:2', 'web:3', 'web:6']);
});

test('several places are looked at in their order', () => {
  expect(imagesAt(parts, ['spec.parts[0].image', 'spec.image'].map(parseImagePath))).toEqual(['two', 'one']);
});

test('other images come to the very places at which they are found, and nothing else changes', () => {
  const image = fc.stringMatching(/^[a-z]{1,8}(:[a-z0-9]{1,4})?$/);
  fc.assert(
    fc.property(fc.array(image), fc.array(image), (wanted, others) => {
      const paths = [parseImagePath('spec.parts[*].image')];
      const object = rollout({ parts: wanted.map((one) => ({ image: one, name: one })), others });
      const before = structuredClone(object);
      replaceImagesAt(object, paths, () => undefined);
      expect(object).toEqual(before);
      replaceImagesAt(object, paths, (one) => `new/${one}`);
      expect(object).toEqual(rollout({ parts: wanted.map((one) => ({ image: `new/${one}`, name: one })), others }));
    }),
  );
});
