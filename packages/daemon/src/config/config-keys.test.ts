import { expect, test } from 'vitest';
import { pathPattern } from './config-keys.ts';
import { EXPECTED_PATTERNS } from './expected-values.ts';
import { configJsonSchema } from './json-schema.ts';

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node | false;
  anyOf?: Node[];
  items?: Node;
}

function pathsOf(node: Node, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  return [
    path,
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => pathsOf(child, [...path, key])),
    ...(node.additionalProperties ? pathsOf(node.additionalProperties, [...path, 'any-name']) : []),
    ...(node.items ? pathsOf(node.items, [...path, 0]) : []),
    ...(node.anyOf ?? []).flatMap((branch) => pathsOf(branch, path)),
  ];
}

test('every place of the schema has words for what is meant there, and no others have', () => {
  const patterns = new Set(pathsOf(configJsonSchema() as Node, []).map(pathPattern));
  expect([...patterns].sort()).toEqual([...EXPECTED_PATTERNS].sort());
});
