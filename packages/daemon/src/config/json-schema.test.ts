import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { configJsonSchema } from './json-schema.ts';

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | false;
  anyOf?: Node[];
  items?: Node;
  type?: string | string[];
}

function keysWithoutDescription(node: Node, path = ''): string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
    ...(child.description === undefined ? [`${path}${key}`] : []),
    ...keysWithoutDescription(child, `${path}${key}.`),
  ]);
  const below = [...(node.anyOf ?? []), node.items, node.additionalProperties].filter(
    (child) => typeof child === 'object',
  );
  return [...own, ...below.flatMap((child) => keysWithoutDescription(child, path))];
}

describe('configJsonSchema', () => {
  test('is what is committed for editors: run `node packages/tui/write-schema.ts` after a change', async () => {
    const committed = await readFile(new URL('../../../tui/devloop.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  test('allows a service that is a name alone, and wants one', () => {
    expect(configJsonSchema()).toMatchObject({
      required: ['services'],
      properties: { services: { minProperties: 1, additionalProperties: { type: ['object', 'null'] } } },
    });
  });

  test('describes every key', () => {
    expect(keysWithoutDescription(configJsonSchema() as Node)).toEqual([]);
  });
});
