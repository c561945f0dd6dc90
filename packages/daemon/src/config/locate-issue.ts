import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { ConfigPath } from './config-problem.ts';
import type { SourceRange } from './yaml-source.ts';

/**
 * Where in the document a path's key or value stands. What is missing is located at the nearest parent that is there:
 * at its key, or, where the parent is a short form (`build: ./web`), at its value.
 */
export function locate(document: Document, path: ConfigPath, at: 'key' | 'value'): SourceRange {
  let node: Node | null = document.contents;
  // what to mark when the rest of the path is not there: the last key or list item that is
  let key: Node | undefined;
  for (const [depth, step] of path.entries()) {
    const inside = resolveAlias(document, node);
    if (isMap(inside)) {
      const pair = pairOf(inside.items, step);
      if (pair === undefined) return keyRange(key) ?? startOf(document);
      key = isScalar(pair.key) ? pair.key : undefined;
      node = pair.value as Node | null;
    } else if (isSeq(inside)) {
      const item = inside.items[Number(step)] as Node | undefined;
      if (item === undefined) return keyRange(key) ?? startOf(document);
      // an item of a list has no key of its own: asked for the key, mark the item
      if (depth === path.length - 1) return rangeOf(item) ?? keyRange(key) ?? startOf(document);
      node = item;
      key = item;
    } else {
      return valueRange(inside) ?? keyRange(key) ?? startOf(document);
    }
  }
  if (path.length === 0) return startOf(document);
  return (at === 'key' ? keyRange(key) : valueRange(node)) ?? keyRange(key) ?? startOf(document);
}

function resolveAlias(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? ((node.resolve(document) as Node | undefined) ?? null) : node;
}

function pairOf(items: readonly unknown[], step: string | number): Pair | undefined {
  // the last one: of a key given twice, that is the one that counts
  return items.filter(isPair).findLast((pair) => isScalar(pair.key) && String(pair.key.value ?? '') === String(step)) as
    | Pair
    | undefined;
}

function keyRange(key: Node | undefined): SourceRange | undefined {
  return key === undefined ? undefined : rangeOf(key);
}

function valueRange(node: Node | null): SourceRange | undefined {
  return node === null ? undefined : rangeOf(node);
}

function rangeOf(node: Node): SourceRange | undefined {
  if (node.range == null) return undefined;
  const [start, end] = node.range;
  return end > start ? { start, end } : undefined;
}

function startOf(document: Document): SourceRange {
  const { contents } = document;
  const first = isMap(contents) ? contents.items[0]?.key : contents;
  const range = first === undefined || first === null ? undefined : rangeOf(first as Node);
  return range ?? { start: 0, end: 1 };
}
