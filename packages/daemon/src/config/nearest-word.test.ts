import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, nearestWord } from './nearest-word.ts';

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['web', 'web', 0],
    ['web', 'wbe', 1],
    ['dockerfile', 'dockerfiel', 1],
    ['manifest', 'manifests', 1],
    ['kitten', 'sitting', 3],
  ])('%s → %s is %i', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
  });

  test('is symmetric, zero for equals only, and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const edits = editDistance(a, b);
        expect(edits).toBe(editDistance(b, a));
        expect(edits === 0).toBe(a === b);
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('nearestWord', () => {
  test.each([
    ['depends_on', 'dependsOn'],
    ['Ports', 'ports'],
    ['prots', 'ports'],
    ['port', 'ports'],
    ['volumes', undefined],
    ['x', undefined],
  ])('%s → %s', (word, nearest) => {
    expect(nearestWord(word, ['build', 'dependsOn', 'ports', 'env'])).toBe(nearest);
  });
});
