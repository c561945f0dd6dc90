import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projectNameOf } from './project-name.ts';

test.each([
  ['shop', 'shop'],
  ['My_Shop 2', 'my-shop-2'],
  ['.config', 'config'],
  ['日本', 'project'],
  ['', 'project'],
])('%s → %s', (folder, name) => {
  expect(projectNameOf(folder)).toBe(name);
});

test('is always a label', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (folder) => {
      expect(projectNameOf(folder)).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    }),
  );
});
