import { timeText } from './protobuf-time.ts';
import { type Chunk, ProtobufError, readChunks } from './protobuf-wire.ts';
import type { Field, FieldType, Scalar, StructType } from './type-schema.ts';

/** What Kubernetes' clients put before each message. */
const MAGIC = Buffer.from('k8s\0');

/** A message of `application/vnd.kubernetes.protobuf`: its kind, and its bytes. */
export interface ProtobufEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Buffer;
}

/**
 * Opens the envelope (runtime.Unknown) in which protobuf is sent.
 *
 * @throws ProtobufError
 */
export function openEnvelope(body: Buffer): ProtobufEnvelope {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const chunks = readChunks(body.subarray(MAGIC.length));
  const typeMeta = readChunks(bytesOf(chunks, 1));
  return {
    apiVersion: bytesOf(typeMeta, 1).toString(),
    kind: bytesOf(typeMeta, 2).toString(),
    raw: bytesOf(chunks, 2),
  };
}

function bytesOf(chunks: readonly Chunk[], number: number): Buffer {
  const value = chunks.find((chunk) => chunk.number === number)?.value;
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/**
 * Reads a message as the JSON that its type has.
 *
 * Go writes fields that are no pointers even when they are empty; those that JSON would leave out are left out.
 *
 * @throws ProtobufError for bytes that are no message of this type
 */
export function readMessage(bytes: Buffer, type: StructType): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  readInto(read, readChunks(bytes), type, []);
  return read;
}

function readInto(
  read: Record<string, unknown>,
  chunks: readonly Chunk[],
  type: StructType,
  outer: readonly number[],
): void {
  for (const { number, value } of chunks) {
    const path = [...outer, number];
    const field = fieldAt(type, path);
    if (field !== undefined) addValue(read, field, value);
    else if (Buffer.isBuffer(value) && hasInside(type, path)) readInto(read, readChunks(value), type, path);
  }
}

function fieldAt(type: StructType, path: readonly number[]): Field | undefined {
  const wanted = path.join('.');
  return type.fields.values().find(({ numbers }) => numbers.join('.') === wanted);
}

function hasInside(type: StructType, path: readonly number[]): boolean {
  return type.fields
    .values()
    .some(({ numbers }) => numbers.length > path.length && path.every((n, i) => numbers[i] === n));
}

function addValue(read: Record<string, unknown>, { name, type }: Field, value: Chunk['value']): void {
  if (type.form === 'list') {
    const list = (read[name] ?? []) as unknown[];
    list.push(readValue(value, type.of));
    read[name] = list;
  } else if (type.form === 'map') {
    const entry = readChunks(asBytes(value));
    const key = bytesOf(entry, 1).toString();
    const held = entry.find((chunk) => chunk.number === 2)?.value ?? Buffer.alloc(0);
    read[name] = { ...(read[name] as object | undefined), [key]: readValue(held, type.of) };
  } else {
    const one = readValue(value, type);
    if (one !== undefined && !isOmitted(name, one)) read[name] = one;
  }
}

/** Pointers in Go, of which zero and false say something. */
const POINTERS: ReadonlySet<string> = new Set(
  `activeDeadlineSeconds allowPrivilegeEscalation automountServiceAccountToken averageUtilization backoffLimit
  blockOwnerDeletion completions controller defaultMode enableServiceLinks expirationSeconds failedJobsHistoryLimit
  fsGroup immutable minReplicas mode optional parallelism partition privileged progressDeadlineSeconds
  publishNotReadyAddresses readOnlyRootFilesystem ready replicas revisionHistoryLimit runAsGroup runAsNonRoot runAsUser
  serving started startingDeadlineSeconds successfulJobsHistoryLimit suspend terminating terminationGracePeriodSeconds
  tolerationSeconds ttlSecondsAfterFinished gracePeriodSeconds orphanDependents`.split(/\s+/),
);

function isOmitted(name: string, value: unknown): boolean {
  if (value === '') return name !== 'storageClassName';
  return (value === 0 || value === false) && !POINTERS.has(name);
}

function readValue(value: Chunk['value'], type: FieldType): unknown {
  switch (type.form) {
    case 'struct':
      return readMessage(asBytes(value), type.type);
    case 'scalar':
      return readScalar(value, type.scalar);
    case 'any':
      return readRaw(asBytes(value));
    case 'list':
    case 'map':
      throw new ProtobufError('a list or map within a list or map');
  }
}

function readScalar(value: Chunk['value'], scalar: Scalar): unknown {
  switch (scalar) {
    case 'string':
      return asBytes(value).toString();
    case 'bytes':
      return asBytes(value).toString('base64');
    case 'int':
      return Number(BigInt.asIntN(64, asNumber(value)));
    case 'boolean':
      return asNumber(value) !== 0n;
    case 'time':
      return timeText(readChunks(asBytes(value)));
    case 'quantity':
      return bytesOf(readChunks(asBytes(value)), 1).toString();
    case 'intOrString': {
      const chunks = readChunks(asBytes(value));
      const numberOf = (number: number) => chunks.find((chunk) => chunk.number === number)?.value;
      const isText = numberOf(1) === 1n;
      const int = numberOf(2);
      return isText ? bytesOf(chunks, 3).toString() : Number(BigInt.asIntN(64, typeof int === 'bigint' ? int : 0n));
    }
  }
}

/** RawExtension and FieldsV1 hold JSON in their first field. */
function readRaw(bytes: Buffer): unknown {
  const raw = bytesOf(readChunks(bytes), 1);
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new ProtobufError('a raw extension that is no JSON');
  }
}

function asBytes(value: Chunk['value']): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new ProtobufError('wrong wireType = 0');
}

function asNumber(value: Chunk['value']): bigint {
  if (typeof value === 'bigint') return value;
  throw new ProtobufError('wrong wireType = 2');
}
