import { canonicalQuantity, QUANTITY_FORMAT } from '../quantity.ts';
import type { Field, FieldType, Scalar, StructType } from './type-schema.ts';

/** An object as the API server decodes it. */
export interface ReadObject {
  readonly object: Record<string, unknown>;
  /** Paths of the fields that the type does not have, in the order of the document; they are left out. */
  readonly unknown: readonly string[];
}

/** What Go's JSON decoder says of a value of the wrong type. */
export class DecodeError extends Error {}

/**
 * Reads an object into its type, as a typed client of Go would: unknown fields are set aside, nulls and empty lists
 * and maps are nothing, quantities take their canonical form.
 *
 * @throws DecodeError for a value of the wrong type
 */
export function readObject(value: Record<string, unknown>, type: StructType, free = false): ReadObject {
  const unknown: string[] = [];
  return { object: readStruct(value, type, { path: '', keys: '', unknown, free }), unknown };
}

interface Place {
  /** As errors of validation write it: `spec.containers[0]`. */
  readonly path: string;
  /** As Go's decoder writes it, without places in lists. */
  readonly keys: string;
  readonly unknown: string[];
  /** Whether fields that the type does not have are kept: custom resources. */
  readonly free: boolean;
}

function readStruct(value: Record<string, unknown>, type: StructType, place: Place): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const field = type.fields.get(key);
    const path = place.path === '' ? key : `${place.path}.${key}`;
    if (field === undefined) {
      if (place.free) read[key] = item;
      else place.unknown.push(path);
      continue;
    }
    if (item === null || item === undefined) continue;
    const keys = place.keys === '' ? key : `${place.keys}.${key}`;
    const inner = readValue(item, field.type, { ...place, path, keys, free: false }, type, field);
    if (isNothing(inner, field)) continue;
    read[key] = inner;
  }
  return read;
}

/** Go's `omitempty` on lists and maps; what must be there stays, so that its emptiness can be told. */
function isNothing(value: unknown, { type, required }: Field): boolean {
  if (required) return false;
  if (type.form === 'list') return (value as unknown[]).length === 0;
  return type.form === 'map' && Object.keys(value as object).length === 0;
}

function readValue(value: unknown, type: FieldType, place: Place, owner: StructType, field: Field): unknown {
  switch (type.form) {
    case 'any':
      return value;
    case 'scalar':
      return readScalar(value, type.scalar, place, owner, field);
    case 'struct': {
      if (!isRecord(value)) throw mismatch(value, place, owner, `v1.${type.type.name}`);
      return readStruct(value, type.type, place);
    }
    case 'map': {
      if (!isRecord(value)) throw mismatch(value, place, owner, 'map[string]string');
      const entries = Object.entries(value).flatMap(([key, item]) =>
        item === null && type.of.form !== 'any'
          ? [[key, ''] as const]
          : [[key, readValue(item, type.of, { ...place, path: `${place.path}.${key}` }, owner, field)] as const],
      );
      return Object.fromEntries(entries);
    }
    case 'list': {
      const goType = `[]${type.of.form === 'struct' ? `v1.${type.of.type.name}` : 'string'}`;
      if (!Array.isArray(value)) throw mismatch(value, place, owner, goType);
      return value.map((item, index) =>
        readValue(item, type.of, { ...place, path: `${place.path}[${index}]` }, owner, field),
      );
    }
  }
}

const INT64_FIELDS = new Set([
  'generation',
  'observedGeneration',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'tolerationSeconds',
  'startingDeadlineSeconds',
  'deletionGracePeriodSeconds',
]);

function readScalar(value: unknown, scalar: Scalar, place: Place, owner: StructType, field: Field): unknown {
  switch (scalar) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, place, owner, 'string');
      return value;
    case 'bytes':
      if (typeof value !== 'string') throw mismatch(value, place, owner, '[]uint8');
      refuseNoBase64(value);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, place, owner, 'bool');
      return value;
    case 'int':
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        throw mismatch(value, place, owner, INT64_FIELDS.has(field.name) ? 'int64' : 'int32');
      }
      return value;
    case 'time':
      if (typeof value !== 'string') throw mismatch(value, place, owner, 'v1.Time');
      if (Number.isNaN(Date.parse(value))) {
        throw new DecodeError(
          `parsing time ${JSON.stringify(JSON.stringify(value))} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
        );
      }
      return value;
    case 'intOrString':
      if (typeof value !== 'string' && !Number.isInteger(value)) throw mismatch(value, place, owner, 'int32');
      return value;
    case 'quantity': {
      const canonical =
        typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(`${value}`) : undefined;
      if (canonical === undefined) throw new DecodeError(QUANTITY_FORMAT);
      return canonical;
    }
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function refuseNoBase64(text: string): void {
  const plain = text.replaceAll(/[\r\n]/g, '');
  if (BASE64.test(plain)) return;
  const wrong = plain.search(/[^A-Za-z0-9+/=]/);
  const at = wrong >= 0 ? wrong : plain.length - (plain.length % 4);
  throw new DecodeError(`illegal base64 data at input byte ${at}`);
}

function mismatch(value: unknown, { keys }: Place, owner: StructType, goType: string): DecodeError {
  const what = Array.isArray(value)
    ? 'array'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'number' && !Number.isInteger(value)
        ? `number ${value}`
        : typeof value;
  return new DecodeError(`json: cannot unmarshal ${what} into Go struct field ${owner.name}.${keys} of type ${goType}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
