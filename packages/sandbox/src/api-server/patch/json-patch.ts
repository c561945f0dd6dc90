import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../resources/schema/read-object.ts';

export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** An operation that does not fit the document; the message is of the library that the API server uses. */
export class JsonPatchError extends Error {}

/**
 * Applies a JSON patch (RFC 6902) to a copy of a document.
 *
 * @throws JsonPatchError
 */
export function jsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const root = { '': structuredClone(document) };
  for (const operation of operations) {
    if (typeof operation?.path !== 'string') throw new JsonPatchError('operation is missing required field: path');
    applyOperation(root, operation);
  }
  return root[''];
}

function applyOperation(root: Record<string, unknown>, { op, path, from, value }: JsonPatchOperation): void {
  switch (op) {
    case 'add':
      add(root, path, structuredClone(value));
      return;
    case 'remove':
      remove(root, path);
      return;
    case 'replace':
      read(root, path, 'replace');
      put(root, path, structuredClone(value));
      return;
    case 'move': {
      const moved = read(root, from ?? '', 'move');
      remove(root, from ?? '');
      add(root, path, moved);
      return;
    }
    case 'copy':
      add(root, path, structuredClone(read(root, from ?? '', 'copy')));
      return;
    case 'test':
      if (!isDeepStrictEqual(read(root, path, 'test', true), value)) {
        throw new JsonPatchError(`testing value ${path} failed: test failed`);
      }
      return;
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`);
  }
}

function tokensOf(path: string): string[] {
  if (path !== '' && !path.startsWith('/')) throw missing('doc', path);
  return path.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The container that holds what a path names, and the key of it there. */
function holder(root: Record<string, unknown>, path: string, op: string): [unknown, string] {
  const tokens = tokensOf(path);
  const key = tokens.pop() ?? '';
  let at: unknown = root;
  for (const token of tokens) at = child(at, token);
  if (!Array.isArray(at) && !isRecord(at)) throw missing(op, path);
  return [at, key];
}

function child(at: unknown, token: string): unknown {
  if (Array.isArray(at)) return at[Number(token)];
  return isRecord(at) && Object.hasOwn(at, token) ? at[token] : undefined;
}

function read(root: Record<string, unknown>, path: string, op: string, orNothing = false): unknown {
  const [at, key] = holder(root, path, op);
  const there = Array.isArray(at) ? Number(key) in at : isRecord(at) && Object.hasOwn(at, key);
  if (there) return child(at, key);
  if (orNothing) return null;
  throw missing(op, path);
}

function put(root: Record<string, unknown>, path: string, value: unknown): void {
  const [at, key] = holder(root, path, 'replace');
  if (Array.isArray(at)) at[Number(key)] = value;
  else if (isRecord(at)) setOwn(at, key, value);
}

function add(root: Record<string, unknown>, path: string, value: unknown): void {
  const [at, key] = holder(root, path, 'add');
  if (!Array.isArray(at)) {
    if (isRecord(at)) setOwn(at, key, value);
    return;
  }
  const index = key === '-' ? at.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > at.length) {
    throw new JsonPatchError(
      `add operation does not apply: doc is missing path: "${path}": Unable to access invalid index: ${key}: invalid index referenced`,
    );
  }
  at.splice(index, 0, value);
}

function remove(root: Record<string, unknown>, path: string): void {
  read(root, path, 'remove');
  const [at, key] = holder(root, path, 'remove');
  if (Array.isArray(at)) at.splice(Number(key), 1);
  else if (isRecord(at)) delete at[key];
}

/** A key may be `__proto__`, which assignment would not make a field of. */
function setOwn(at: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true });
}

function missing(op: string, path: string): JsonPatchError {
  return new JsonPatchError(
    op === 'replace'
      ? `replace operation does not apply: doc is missing key: ${path}: missing value`
      : `${op} operation does not apply: doc is missing path: "${path}": missing value`,
  );
}
