import { isRecord } from '../../resources/schema/read-object.ts';
import type { FieldType } from '../../resources/schema/type-schema.ts';
import { EMPTY, type FieldSet, isEmpty } from './field-set.ts';
import { childType, isWhole, itemEdge } from './typed-fields.ts';

/** The live value with what is applied in it: applied fields win, all others stay. */
export function mergeApplied(live: unknown, applied: unknown, type: FieldType): unknown {
  if (applied === undefined) return live;
  if (live === undefined || live === null || isWhole(type, applied)) return applied;
  if (type.form === 'list') return mergeLists(live, applied, type);
  if (!isRecord(live) || !isRecord(applied)) return applied;
  const merged: Record<string, unknown> = { ...live };
  for (const [name, value] of Object.entries(applied)) {
    merged[name] = mergeApplied(live[name], value, childType(type, name));
  }
  return merged;
}

/** Items keep the order of what is applied; those of others stay behind the item they were behind. */
function mergeLists(live: unknown, applied: unknown, type: FieldType & { form: 'list' }): unknown {
  if (!Array.isArray(live) || !Array.isArray(applied)) return applied;
  const liveItems = new Map(live.map((item) => [itemEdge(item, type), item]));
  const wanted = new Set(applied.map((item) => itemEdge(item, type)));
  const merged: unknown[] = [];
  let next = 0;
  const liveEdges = [...liveItems.keys()];
  for (const item of applied) {
    const edge = itemEdge(item, type);
    const place = liveEdges.indexOf(edge);
    for (; next < place; next += 1) {
      const other = liveEdges[next] ?? '';
      if (!wanted.has(other)) merged.push(liveItems.get(other));
    }
    if (place >= next) next = place + 1;
    merged.push(mergeApplied(liveItems.get(edge), item, type.of));
  }
  for (; next < liveEdges.length; next += 1) {
    const other = liveEdges[next] ?? '';
    if (!wanted.has(other)) merged.push(liveItems.get(other));
  }
  return merged;
}

/**
 * Removes what a manager applied before, applies no longer, and nobody else owns.
 *
 * @param released what the manager owned before
 * @param owned what all own now, the manager included
 */
export function removeReleased(value: unknown, released: FieldSet, owned: FieldSet, type: FieldType): unknown {
  if (isWhole(type, value)) return value;
  if (type.form === 'list') {
    if (!Array.isArray(value)) return value;
    return value.flatMap((item) => {
      const edge = itemEdge(item, type);
      const was = released.children.get(edge);
      if (was === undefined) return [item];
      const is = owned.children.get(edge) ?? EMPTY;
      return isEmpty(is) ? [] : [removeReleased(item, was, is, type.of)];
    });
  }
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const was = released.children.get(`f:${name}`);
    if (was === undefined) {
      kept[name] = item;
      continue;
    }
    const is = owned.children.get(`f:${name}`) ?? EMPTY;
    if (!isEmpty(is)) kept[name] = removeReleased(item, was, is, childType(type, name));
  }
  return kept;
}
