import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksLikeManifests, parseManifests } from './read-manifests.ts';

const read = (text: string) => parseManifests('/shop/k8s.yaml', text, { isNamed: true });

describe('parseManifests', () => {
  test('several documents, empty ones between them', () => {
    const { manifests, diagnostics } = read(
      '---\n# first\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: a }\n---\n\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: b }\n...\n',
    );
    expect(diagnostics).toEqual([]);
    expect(manifests.map(({ object, line }) => [object.kind, line])).toEqual([
      ['Secret', 4],
      ['Pod', 10],
    ]);
  });

  test('JSON, and lists in lists', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
    const inner = { apiVersion: 'v1', kind: 'PodList', items: [pod] };
    const { manifests } = read(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [inner, pod] }, null, 2));
    expect(manifests.map(({ object }) => object)).toEqual([pod, pod]);
    expect(manifests[1]?.line).toBeGreaterThan(manifests[0]?.line ?? 0);
  });

  test('anchors and merge keys', () => {
    const { manifests } = read(
      'apiVersion: v1\nkind: Pod\nmetadata: &m { name: a, labels: { x: z } }\nspec: { template: { metadata: { <<: *m, name: b } } }\n',
    );
    expect(manifests[0]?.object['spec'].template.metadata).toEqual({ name: 'b', labels: { x: 'z' } });
  });

  test('an alias inside its own anchor', () => {
    const { diagnostics } = read('apiVersion: v1\nkind: Pod\nmetadata: &m { name: a, labels: *m }\n');
    expect(diagnostics).toMatchObject([{ line: 3, column: 33, length: 2 }]);
  });

  test('what is not an object in a document does not hide the others', () => {
    const { manifests, diagnostics } = read(
      'kind: Pod\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: b }\n---\na: [\n',
    );
    expect(manifests).toHaveLength(1);
    expect(diagnostics.map(({ line }) => line)).toEqual([1, 7]);
  });

  test('any text is read without failing', () => {
    const line = fc.constantFrom(
      'apiVersion: v1',
      'kind: Pod',
      'kind: List',
      'items:',
      '- a',
      'metadata: {name: a}',
      '---',
      '  b: *c',
      '\t',
      '{',
      '"',
      ': ',
      '!x y',
      '%Y',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string({ maxLength: 5 }))), (lines) => {
        for (const { object } of read(lines.join('\n')).manifests) expect(object.metadata.name).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['apiVersion: v1\nkind: Pod\n', true],
  ['{"kind":"Pod","apiVersion":"v1"}', true],
  ['apiVersion: v1\nmetadata: {}\n', true],
  ['apiVersion: v2\nname: chart\n', false],
  ['services:\n  web:\n    kind: x\n', false],
  ['', false],
])('%j looks like a manifest: %s', (text, expected) => {
  expect(looksLikeManifests(text)).toBe(expected);
});
