import type { KubeObject } from '../ports/kube-object.ts';
import { StatusError } from '../ports/status-error.ts';
import type { Catalog } from '../resources/catalog.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { isRecord } from '../resources/schema/read-object.ts';
import { badRequest, forbidden, invalidError, notFound, notSupported, required } from '../resources/status-errors.ts';
import type { Writer } from './apply/managed-fields.ts';
import { notTyped, serverSideApply } from './apply/server-side-apply.ts';
import { rootType } from './apply/typed-fields.ts';
import { decodeObject, decodePatched } from './decode-object.ts';
import type { ObjectRegistry, WriteOptions } from './object-registry.ts';
import { JsonPatchError, type JsonPatchOperation, jsonPatch } from './patch/json-patch.ts';
import { mergePatch } from './patch/merge-patch.ts';
import { StrategicMergeError, strategicMergePatch } from './patch/strategic-merge-patch.ts';
import { unsupportedPatch } from './request-body.ts';
import type { ResourceTarget } from './request-target.ts';
import { toServed, toStored } from './served-version.ts';
import { timestamp } from './write-rules.ts';

export interface WriteRequest {
  readonly target: ResourceTarget;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Media type of the body. */
  readonly mediaType: string;
  /** The client's program: the manager of fields that names itself no other. */
  readonly userAgent: string;
}

export interface WriteAnswer {
  readonly code: number;
  /** As it is stored. */
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

export const APPLY_PATCH = 'application/apply-patch+yaml';
export const PATCH_TYPES: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  APPLY_PATCH,
];
const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';

/** Creates, replaces and patches objects as requests ask for it. */
export class ObjectWriter {
  readonly #catalog: Catalog;
  readonly #registry: ObjectRegistry;

  constructor(catalog: Catalog, registry: ObjectRegistry) {
    this.#catalog = catalog;
    this.#registry = registry;
  }

  /** `POST` on a collection. */
  create(request: WriteRequest): WriteAnswer {
    const { target, query, body } = request;
    const { kind } = target;
    const { object, warnings } = decodeObject(kind, body, query.get('fieldValidation'));
    setNamespace(target, object);
    const stored = toStored(kind, this.#stored(kind), object);
    const created = this.#registry.createAs(this.#stored(kind), stored, writeOptions(request, 'Update'));
    return { code: 201, object: created, warnings };
  }

  /** `PUT` on an object, or on its status. */
  update(request: WriteRequest): WriteAnswer {
    const { target, query, body } = request;
    const { kind } = target;
    const { object, warnings } = decodeObject(kind, body, query.get('fieldValidation'));
    const live = this.#live(target);
    setNamespace(target, object);
    if (object.metadata.name !== target.name) {
      throw badRequest(
        `the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${target.name})`,
      );
    }
    const stored = this.#stored(kind);
    const options = writeOptions(request, 'Update');
    return {
      code: 200,
      object: this.#registry.updateAs(stored, toStored(kind, stored, object), live, options),
      warnings,
    };
  }

  /** `PATCH` on an object, or on its status. */
  patch(request: WriteRequest): WriteAnswer {
    const { target, query, mediaType, body } = request;
    checkPatchOptions(mediaType, query);
    if (mediaType === APPLY_PATCH) return this.#apply(request);
    const { kind } = target;
    const live = this.#live(target);
    const served = toServed(kind, live);
    const patched = patchedObject(kind, served, body, mediaType);
    const { object, warnings } = decodePatched(kind, patched, body, query.get('fieldValidation'));
    if (object.metadata.name !== live.metadata.name) {
      throw badRequest(
        `the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${target.name})`,
      );
    }
    const stored = this.#stored(kind);
    const options = writeOptions(request, 'Update');
    return {
      code: 200,
      object: this.#registry.updateAs(stored, toStored(kind, stored, object), live, options),
      warnings,
    };
  }

  #apply(request: WriteRequest): WriteAnswer {
    const { target, query, body } = request;
    const { kind, namespace, name = '', subresource } = target;
    const { object: applied, warnings } = decodeObject(kind, body, 'Warn');
    setNamespace(target, applied);
    applied.metadata.name ??= name;
    if (applied.metadata.name !== name) {
      throw badRequest(
        `the name of the object (${applied.metadata.name}) does not match the name on the URL (${name})`,
      );
    }
    const unknown = warnings.map((warning) => /"(.*)"/.exec(warning)?.[1] ?? '');
    if (unknown.length > 0) {
      throw notTyped(
        kind,
        applied,
        unknown.map((path) => `.${path}: field not declared in schema`),
      );
    }
    if (applied.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
    const live = this.#registry.get({ resource: kind.resource, namespace, name });
    if (live === undefined && (applied.metadata.uid || subresource !== '')) throw notFound(kind, name);
    const { object, entries } = serverSideApply({
      kind,
      live: live === undefined ? undefined : toServed(kind, live),
      applied,
      manager: managerOf(request),
      subresource,
      force: query.get('force') === 'true',
      now: timestamp(),
    });
    const options = { ...writeOptions(request, 'Apply'), entries };
    const stored = this.#stored(kind);
    const merged = toStored(kind, stored, structuredClone(object));
    if (live === undefined)
      return { code: 201, object: this.#registry.createAs(stored, merged, options), warnings: [] };
    return { code: 200, object: this.#registry.updateAs(stored, merged, live, options), warnings: [] };
  }

  #live({ kind, namespace, name = '' }: ResourceTarget): KubeObject {
    const live = this.#registry.get({ resource: kind.resource, namespace, name });
    if (live === undefined) throw notFound(kind, name);
    return live;
  }

  #stored(kind: ResourceKind): ResourceKind {
    return this.#catalog.stored(kind.resource) ?? kind;
  }
}

/** @throws StatusError for a patch that does not fit the object, 415 for a media type that this kind does not take */
export function patchedObject(kind: ResourceKind, object: KubeObject, patch: unknown, mediaType: string): unknown {
  switch (mediaType) {
    case JSON_PATCH:
      if (!Array.isArray(patch)) {
        throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
      }
      try {
        return jsonPatch(object, patch as JsonPatchOperation[]);
      } catch (error) {
        if (!(error instanceof JsonPatchError)) throw error;
        throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
      }
    case MERGE_PATCH:
      return structuredClone(mergePatch(object, patch));
    case STRATEGIC_PATCH:
      if (kind.custom) break;
      if (!isRecord(patch))
        throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
      try {
        return structuredClone(strategicMergePatch(object, patch, rootType(kind.type)));
      } catch (error) {
        throw error instanceof StrategicMergeError ? badRequest(error.message) : error;
      }
  }
  throw unsupportedPatch();
}

/** meta/v1 PatchOptions. */
function checkPatchOptions(mediaType: string, query: URLSearchParams): void {
  const options = { group: 'meta.k8s.io', kind: 'PatchOptions' };
  if (mediaType === APPLY_PATCH) {
    if (query.get('fieldManager')) return;
    throw invalidError(options, '', [required('fieldManager', 'is required for apply patch')]);
  }
  if (query.has('force'))
    throw invalidError(options, '', [forbidden('force', 'may not be specified for non-apply patch')]);
}

/** @throws StatusError 422 for a dry run that is none */
export function isDryRun(query: URLSearchParams, optionsKind: string): boolean {
  const values = query.getAll('dryRun');
  const wrong = values.find((value) => value !== 'All');
  if (wrong !== undefined) {
    throw invalidError({ group: 'meta.k8s.io', kind: optionsKind }, '', [notSupported('dryRun', wrong, ['All'])]);
  }
  return values.length > 0;
}

function writeOptions(request: WriteRequest, operation: Writer['operation']): WriteOptions {
  const { target, query } = request;
  const writer: Writer = { manager: managerOf(request), operation, subresource: target.subresource };
  return { writer, dryRun: isDryRun(query, operation === 'Apply' ? 'PatchOptions' : 'UpdateOptions') };
}

/** The name of the program, where the request names no manager. */
function managerOf({ query, userAgent }: WriteRequest): string {
  return query.get('fieldManager') || userAgent.split('/')[0] || 'unknown';
}

/** @throws StatusError 400 for an object of another namespace */
function setNamespace({ kind, namespace }: ResourceTarget, { metadata }: KubeObject): void {
  if (!kind.namespaced || namespace === undefined) {
    delete metadata.namespace;
    return;
  }
  metadata.namespace ??= namespace;
  if (metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}
