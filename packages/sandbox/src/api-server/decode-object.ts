import type { KubeObject } from '../ports/kube-object.ts';
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts';
import { DecodeError, isRecord, readObject } from '../resources/schema/read-object.ts';
import { badRequest, invalid, invalidError } from '../resources/status-errors.ts';
import { goMap } from './patch/strategic-merge-patch.ts';

export interface DecodedObject {
  readonly object: KubeObject;
  /** `unknown field "spec.foo"`, for `fieldValidation=Warn`. */
  readonly warnings: readonly string[];
}

/**
 * Decodes an object that a client sent.
 *
 * @param fieldValidation `Strict`, `Warn` (the default), `Ignore`
 * @throws StatusError 400 for another kind, a wrong type, an unknown field under `Strict`
 */
export function decodeObject(kind: ResourceKind, body: unknown, fieldValidation: string | null): DecodedObject {
  const sent = identified(kind, body);
  const about = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`;
  try {
    const { object, unknown } = readObject(sent, kind.type, kind.custom);
    const said = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
    if (fieldValidation === 'Strict' && said.length > 0) {
      throw badRequest(`${about}: strict decoding error: ${said.join(', ')}`);
    }
    return { object: withMetadata(object), warnings: fieldValidation === 'Ignore' ? [] : said };
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(`${about}: ${error.message}`) : error;
  }
}

/**
 * Decodes what a patch made of an object.
 *
 * @throws StatusError 422 about the patch, as the API server says it
 */
export function decodePatched(
  kind: ResourceKind,
  patched: unknown,
  patch: unknown,
  fieldValidation: string | null,
): DecodedObject {
  const refuse = (why: string) =>
    invalidError({ group: '', kind: '' }, '', [invalid('patch', shownPatch(patch, patched), why)]);
  if (!isRecord(patched)) throw refuse('json: cannot unmarshal into Go value');
  try {
    const { object, unknown } = readObject(patched, kind.type, kind.custom);
    const said = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
    if (fieldValidation === 'Strict' && said.length > 0) throw refuse(`strict decoding error: ${said.join(', ')}`);
    return { object: withMetadata(object), warnings: fieldValidation === 'Ignore' ? [] : said };
  } catch (error) {
    throw error instanceof DecodeError ? refuse(error.message) : error;
  }
}

function shownPatch(patch: unknown, patched: unknown): string {
  return Array.isArray(patch) ? JSON.stringify(patched) : goMap(patch);
}

function withMetadata(object: Record<string, unknown>): KubeObject {
  return { ...object, metadata: object['metadata'] ?? {} } as KubeObject;
}

/** @throws StatusError 400 unless the body is an object of the kind; one that does not say what it is is taken for it */
function identified(kind: ResourceKind, body: unknown): Record<string, unknown> {
  if (!isRecord(body)) {
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof body} into Go value`,
    );
  }
  const wanted = apiVersionOf(kind);
  const { apiVersion = wanted, kind: name = kind.kind } = body;
  const version = String(apiVersion).split('/').at(-1) ?? '';
  const refuse = (why: string) =>
    badRequest(`${name} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`);
  if (apiVersion !== wanted) {
    throw refuse(
      `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  if (name !== kind.kind) {
    throw refuse(`converting (${kind.version}.${name}) to (${kind.group || 'core'}.${kind.kind}): unknown conversion`);
  }
  return { ...body, apiVersion, kind: name };
}
