import { CLUSTER_TYPES } from './cluster-types.ts';
import { CORE_TYPES } from './core-types.ts';
import { POD_TYPES } from './pod-types.ts';
import { WORKLOAD_TYPES } from './workload-types.ts';

export type Scalar = 'string' | 'bytes' | 'int' | 'boolean' | 'time' | 'intOrString' | 'quantity';

/** What a field may hold, and how two versions of it are merged. */
export type FieldType =
  | { readonly form: 'scalar'; readonly scalar: Scalar }
  | { readonly form: 'any' }
  | { readonly form: 'struct'; readonly type: StructType; readonly retainKeys: boolean }
  | { readonly form: 'map'; readonly of: FieldType; readonly atomic: boolean }
  | {
      readonly form: 'list';
      readonly of: FieldType;
      /** `atomic` is replaced as a whole, a `set` has each value once, a `map` has an item per value of its keys. */
      readonly merge: 'atomic' | 'set' | 'map';
      /** The fields that tell the items of a `map` apart; the first is the key of strategic merge patches. */
      readonly keys: readonly string[];
      readonly retainKeys: boolean;
    };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /**
   * Its number in the protobuf message, behind those of the messages that Go embeds and JSON leaves out; empty where
   * it has none.
   */
  readonly numbers: readonly number[];
}

export interface StructType {
  readonly name: string;
  /** Owned and replaced as a whole by server-side apply. */
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, Field>;
}

const SCALARS: ReadonlySet<string> = new Set(['string', 'bytes', 'int', 'boolean', 'time', 'intOrString', 'quantity']);
const structs = new Map<string, { name: string; atomic: boolean; fields: Map<string, Field> }>();

/**
 * The type of this name in Kubernetes' Go packages: `PodSpec`.
 *
 * @throws Error for a name that no table has
 */
export function structType(name: string): StructType {
  const type = structs.get(name);
  if (type === undefined) throw new Error(`no type ${name} in the schema`);
  return type;
}

/** All types there are. */
export function structTypes(): Iterable<StructType> {
  return structs.values();
}

/** A free form: what a custom resource holds besides its metadata. */
export const ANY: FieldType = { form: 'any' };

/** The type of an object whose fields are not known: metadata as every object's, the rest free, lists atomic. */
export const CUSTOM_OBJECT = 'CustomObject';

/**
 * Lines of `Name [atomic]: field[@number.number][!] type; …`. A type is a scalar, a name, `{type [atomic]}` for a map, `[type]` for a
 * list (`[type set]`, `[type by key,key]`), with `retainKeys` behind where a strategic merge patch honours $retainKeys.
 */
function readTypes(text: string): void {
  const joined = text.replaceAll(/\n {4}/g, ' ');
  const lines = joined.split('\n').filter((line) => line !== '');
  const heads = lines.map((line) => /^(\w+)( atomic)?: ?(.*)$/.exec(line));
  for (const head of heads) {
    if (head?.[1] !== undefined) {
      structs.set(head[1], { name: head[1], atomic: head[2] !== undefined, fields: new Map() });
    }
  }
}

function readFields(text: string): void {
  for (const line of text.replaceAll(/\n {4}/g, ' ').split('\n')) {
    const [, name = '', , body = ''] = /^(\w+)( atomic)?: ?(.*)$/.exec(line) ?? [];
    for (const piece of body.split(';')) {
      const [, field, numbers, required, type] = /^ *([\w$-]+)(?:@([\d.]+))?(!)? (.+)$/.exec(piece) ?? [];
      if (field === undefined || type === undefined) continue;
      structs.get(name)?.fields.set(field, {
        name: field,
        type: readType(type.trim()),
        required: required === '!',
        numbers: numbers?.split('.').map(Number) ?? [],
      });
    }
  }
}

function readType(text: string): FieldType {
  const map = /^\{(.+?)( atomic)?\}$/.exec(text);
  if (map?.[1] !== undefined) return { form: 'map', of: readType(map[1]), atomic: map[2] !== undefined };
  const list = /^\[(.+?)(?: (set)| by ([\w,]+))?( retainKeys)?\]$/.exec(text);
  if (list?.[1] !== undefined) {
    const [, of, set, keys, retainKeys] = list;
    return {
      form: 'list',
      of: readType(of),
      merge: set !== undefined ? 'set' : keys !== undefined ? 'map' : 'atomic',
      keys: keys?.split(',') ?? [],
      retainKeys: retainKeys !== undefined,
    };
  }
  if (text === 'any') return ANY;
  if (SCALARS.has(text)) return { form: 'scalar', scalar: text as Scalar };
  const [name = '', retainKeys] = text.split(' ');
  return { form: 'struct', type: structType(name), retainKeys: retainKeys !== undefined };
}

const TABLES = [POD_TYPES, CORE_TYPES, WORKLOAD_TYPES, CLUSTER_TYPES];
for (const table of TABLES) readTypes(table);
for (const table of TABLES) readFields(table);
readTypes(`${CUSTOM_OBJECT}: `);
readFields(`${CUSTOM_OBJECT}: apiVersion string; kind string; metadata ObjectMeta`);
