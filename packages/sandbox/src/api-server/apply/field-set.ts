/**
 * A set of fields of an object, as metadata.managedFields writes it (FieldsV1 of structured-merge-diff): a tree whose
 * edges are `f:NAME`, `k:{"name":"web"}` and `v:"value"`, and whose nodes may be members themselves.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const EMPTY: FieldSet = { member: false, children: new Map() };
export const LEAF: FieldSet = { member: true, children: new Map() };

export function isEmpty({ member, children }: FieldSet): boolean {
  return !member && children.size === 0;
}

/** A node with these children, the empty ones left out. */
export function fieldNode(member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet {
  const kept = new Map<string, FieldSet>();
  for (const [edge, child] of children) if (!isEmpty(child)) kept.set(edge, child);
  return member || kept.size > 0 ? { member, children: kept } : EMPTY;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const keys = new Set([...a.children.keys(), ...b.children.keys()]);
  return fieldNode(
    a.member || b.member,
    [...keys].map((key) => [key, union(a.children.get(key) ?? EMPTY, b.children.get(key) ?? EMPTY)]),
  );
}

/** The members of the first that are none of the second. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a) || isEmpty(b)) return a;
  return fieldNode(
    a.member && !b.member,
    [...a.children].map(([key, child]) => [key, difference(child, b.children.get(key) ?? EMPTY)]),
  );
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a) || isEmpty(b)) return EMPTY;
  return fieldNode(
    a.member && b.member,
    [...a.children].map(([key, child]) => [key, intersection(child, b.children.get(key) ?? EMPTY)]),
  );
}

/** The set without a node and everything under it. */
export function without(set: FieldSet, path: readonly string[]): FieldSet {
  const [first, ...rest] = path;
  const child = first === undefined ? undefined : set.children.get(first);
  if (first === undefined || child === undefined) return set;
  const entries = [...set.children].map(
    ([key, value]) => [key, key === first ? (rest.length === 0 ? EMPTY : without(child, rest)) : value] as const,
  );
  return fieldNode(set.member, entries);
}

/** Only what is under one child of the root. */
export function only(set: FieldSet, key: string): FieldSet {
  return fieldNode(false, [[key, set.children.get(key) ?? EMPTY]]);
}

/** The members in the words of an error: `.spec.containers[name="web"].image`. */
export function paths(set: FieldSet, prefix = ''): string[] {
  const below = [...set.children].flatMap(([key, child]) => paths(child, `${prefix}${pathStep(key)}`));
  return set.member ? [prefix, ...below] : below;
}

/** One edge in the words of an error. */
export function pathStep(edge: string): string {
  const rest = edge.slice(2);
  if (edge.startsWith('f:')) return `.${rest}`;
  if (edge.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

export type FieldsV1 = { [edge: string]: FieldsV1 };

export function toFieldsV1(set: FieldSet): FieldsV1 {
  const below = [...set.children].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const entries = below.map(([key, child]) => [key, toFieldsV1(child)] as const);
  return Object.fromEntries(set.member && entries.length > 0 ? [['.', {}], ...entries] : entries);
}

/** Reads FieldsV1; what has no children is a member. */
export function fromFieldsV1(fields: FieldsV1): FieldSet {
  const entries = Object.entries(fields);
  if (entries.length === 0) return LEAF;
  const below = entries.filter(([key]) => key !== '.');
  return fieldNode(
    below.length < entries.length,
    below.map(([key, child]) => [key, fromFieldsV1(child)]),
  );
}
