import { type Fields, isFields, listOf, mountOf, pairsOf, portsOf, textOf } from './short-forms.ts';

type Marks = ReadonlyMap<string, 'reset' | 'override'>;
type Path = readonly (string | number)[];

/** Keys of a service whose lists are one value: a later file replaces them. */
const REPLACED = new Set(['command', 'entrypoint', 'test']);
/** Keys that are mappings, whichever way they are written. */
const PAIRS = new Set(['environment', 'labels', 'annotations', 'args', 'sysctls']);
/** Keys whose lists are lists of names of a mapping. */
const NAMED = new Set(['networks', 'depends_on']);

/**
 * Lays one compose file over another as the compose-spec says (13-merge.md): mappings are merged, lists appended, but for
 * commands, and but for items that are about the same port, path or name, of which the later one counts.
 */
export function mergeCompose(below: Fields, above: Fields, marks: Marks = new Map()): Fields {
  return mergeMaps(below, above, [], marks);
}

/** Lays a service over the one that it extends. */
export function mergeService(below: Fields, above: Fields): Fields {
  return mergeMaps(below, above, ['services', ''], new Map());
}

function mergeMaps(below: Fields, above: Fields, path: Path, marks: Marks): Fields {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const at = [...path, key];
    const mark = marks.get(JSON.stringify(at));
    if (mark === 'reset') delete merged[key];
    else if (mark === 'override' || !(key in below) || below[key] === null) merged[key] = value;
    else merged[key] = mergeValues(below[key], value, at, marks);
  }
  return merged;
}

function mergeValues(below: unknown, above: unknown, path: Path, marks: Marks): unknown {
  const key = String(path.at(-1));
  const inService = path[0] === 'services' && path.length > 2;
  if (above === null) return below;
  if (inService && REPLACED.has(key)) return above;
  if (inService && PAIRS.has(key)) return Object.fromEntries([...pairsOf(below), ...pairsOf(above)].map(nullable));
  if (inService && NAMED.has(key)) return mergeMaps(namesOf(key, below), namesOf(key, above), path, marks);
  if (isFields(below) && isFields(above)) return mergeMaps(below, above, path, marks);
  if (!Array.isArray(below) && !Array.isArray(above)) return above;
  const identity = inService ? IDENTITIES[key] : undefined;
  const items = [...listOf(below), ...listOf(above)];
  if (identity === undefined) return items;
  return items.filter((item, index) => !items.slice(index + 1).some((later) => identity(later) === identity(item)));
}

/** What tells that two items of a list are about the same thing. */
const IDENTITIES: Readonly<Record<string, (item: unknown) => string>> = {
  volumes: (item) => mountOf(item)?.target ?? JSON.stringify(item),
  ports: (item) => JSON.stringify(portsOf(item) ?? item),
  expose: (item) => textOf(item) ?? '',
  configs: targetOf,
  secrets: targetOf,
  cap_add: (item) => textOf(item) ?? '',
  cap_drop: (item) => textOf(item) ?? '',
  env_file: (item) => JSON.stringify(item),
};

function targetOf(item: unknown): string {
  return (isFields(item) ? (textOf(item['target']) ?? textOf(item['source'])) : textOf(item)) ?? JSON.stringify(item);
}

/** The long form of lists of names. */
export function namesOf(key: string, value: unknown): Fields {
  if (isFields(value)) return value;
  const each = key === 'depends_on' ? { condition: 'service_started' } : null;
  return Object.fromEntries(listOf(value).map((name) => [textOf(name) ?? '', each]));
}

function nullable([name, value]: readonly [string, string | undefined]): [string, string | null] {
  return [name, value ?? null];
}
