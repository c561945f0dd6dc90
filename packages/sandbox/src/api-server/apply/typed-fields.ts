import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../resources/schema/read-object.ts';
import { ANY, type FieldType, type StructType } from '../../resources/schema/type-schema.ts';
import { EMPTY, type FieldSet, fieldNode, LEAF, pathStep } from './field-set.ts';

/** What differs between two versions of an object. */
export interface Difference {
  /** Fields that were added or have another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

export function rootType(type: StructType): FieldType {
  return { form: 'struct', type, retainKeys: false };
}

/** Structs that Go holds by value: they are always there, so nobody owns their being there. */
const BY_VALUE: ReadonlySet<string> = new Set(['metadata', 'spec', 'status', 'strategy', 'template', 'updateStrategy']);

/** The type of a field; where the type does not say, maps are merged by key and lists replaced. */
export function childType(type: FieldType, name: string): FieldType {
  if (type.form === 'struct') return type.type.fields.get(name)?.type ?? ANY;
  return type.form === 'map' ? type.of : ANY;
}

/** Whether the value is owned and replaced as a whole. */
export function isWhole(type: FieldType, value: unknown): boolean {
  switch (type.form) {
    case 'scalar':
      return true;
    case 'any':
      return !isRecord(value);
    case 'struct':
      return type.type.atomic;
    case 'map':
      return type.atomic;
    case 'list':
      return type.merge === 'atomic';
  }
}

/** Compares two versions of an object field by field. */
export function compare(before: unknown, after: unknown, type: FieldType): Difference {
  return compareValue(before, after, type, true);
}

function compareValue(before: unknown, after: unknown, type: FieldType, byValue: boolean): Difference {
  if (before === after) return { changed: EMPTY, removed: EMPTY }; // of versions that share it, or in neither
  if (isWhole(type, after ?? before)) {
    if (after === undefined) return { changed: EMPTY, removed: LEAF };
    return { changed: isDeepStrictEqual(before, after) ? EMPTY : LEAF, removed: EMPTY };
  }
  const old = childrenOf(before, type);
  const now = childrenOf(after, type);
  const changed: [string, FieldSet][] = [];
  const removed: [string, FieldSet][] = [];
  for (const edge of new Set([...old.keys(), ...now.keys()])) {
    const child = old.get(edge) ?? now.get(edge);
    if (child === undefined) continue;
    const inner = compareValue(old.get(edge)?.value, now.get(edge)?.value, child.type, child.byValue);
    changed.push([edge, inner.changed]);
    removed.push([edge, inner.removed]);
  }
  const came = before === undefined && (!byValue || now.size === 0);
  const went = after === undefined && (!byValue || old.size === 0);
  return { changed: fieldNode(came, changed), removed: fieldNode(went, removed) };
}

/** The fields that someone who applies this object wants to own. */
export function fieldsOf(value: unknown, type: FieldType): FieldSet {
  if (isWhole(type, value)) return LEAF;
  const children = childrenOf(value, type);
  if (children.size === 0) return LEAF;
  return fieldNode(
    false,
    [...children].map(([edge, child]) => {
      const set = fieldsOf(child.value, child.type);
      const isItem = !edge.startsWith('f:') || type.form === 'map' || type.form === 'any';
      return [edge, isItem ? { ...set, member: true } : set];
    }),
  );
}

interface Child {
  readonly value: unknown;
  readonly type: FieldType;
  readonly byValue: boolean;
}

/** The parts of a value by the edge of a FieldSet that leads to them. */
function childrenOf(value: unknown, type: FieldType): Map<string, Child> {
  const children = new Map<string, Child>();
  if (type.form === 'list') {
    for (const item of Array.isArray(value) ? value : []) {
      children.set(itemEdge(item, type), { value: item, type: type.of, byValue: false });
    }
  } else if (isRecord(value)) {
    for (const [name, item] of Object.entries(value)) {
      const required = type.form === 'struct' && type.type.fields.get(name)?.required === true;
      children.set(`f:${name}`, {
        value: item,
        type: childType(type, name),
        byValue: required || (type.form === 'struct' && BY_VALUE.has(name)),
      });
    }
  }
  return children;
}

/** Defaults of the fields that tell items apart, as the schema of server-side apply has them. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** The edge to an item of a list that is merged: `k:{"name":"web"}`, `v:"value"`. */
export function itemEdge(item: unknown, type: FieldType & { form: 'list' }): string {
  if (type.merge === 'set' || !isRecord(item)) return `v:${JSON.stringify(item)}`;
  const keys = type.keys.toSorted().flatMap((key) => {
    const value = item[key] ?? KEY_DEFAULTS[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/**
 * What keeps an object from being applied: items without the fields that tell them apart, or two of the same.
 *
 * @returns messages as structured-merge-diff writes them
 */
export function listErrors(value: unknown, type: FieldType, path = ''): string[] {
  if (isWhole(type, value)) return [];
  if (type.form !== 'list') {
    if (!isRecord(value)) return [];
    return Object.entries(value).flatMap(([name, item]) => listErrors(item, childType(type, name), `${path}.${name}`));
  }
  const seen = new Set<string>();
  return (Array.isArray(value) ? value : []).flatMap((item, index) => {
    const missing = type.keys.find((key) => isRecord(item) && item[key] === undefined && !(key in KEY_DEFAULTS));
    if (missing !== undefined) {
      return [
        `${path}: element ${index}: associative list with keys has an element that omits key field "${missing}" (and doesn't have default value)`,
      ];
    }
    const edge = itemEdge(item, type);
    const words = pathStep(edge);
    const below = listErrors(item, type.of, `${path}${words}`);
    if (seen.has(edge)) return [`${path}: duplicate entries for key ${words}`, ...below];
    seen.add(edge);
    return below;
  });
}
