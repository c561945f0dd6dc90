import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectName, ObjectStore, ResourceName, StoreListener } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import type { Catalog } from '../resources/catalog.ts';
import { setDefaults } from '../resources/defaults/object-defaults.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { readObject } from '../resources/schema/read-object.ts';
import {
  alreadyExists,
  conflict,
  type FieldError,
  forbiddenError,
  invalidError,
  modifiedSince,
} from '../resources/status-errors.ts';
import { validateMetadata } from '../resources/validation/metadata-validation.ts';
import { validateChange, validateObject } from '../resources/validation/object-validation.ts';
import { afterUpdate, entriesOf, type ManagedEntry, type Writer, writeEntries } from './apply/managed-fields.ts';
import { checkDeleteOptions, type DeleteOptions, deleted, lastState } from './deletion-rules.ts';
import { ownCopy } from './frozen-parts.ts';
import { ObjectTables } from './object-tables.ts';
import { allocate } from './service-allocator.ts';
import { generatedName, mayGo, prepareForCreate, prepareForUpdate, timestamp, withGeneration } from './write-rules.ts';

export interface WriteOptions {
  readonly writer: Writer;
  /** Everything is checked and answered, nothing stored. */
  readonly dryRun: boolean;
  /** What server-side apply makes of the managed fields; undefined: what this write changes is the writer's. */
  readonly entries?: readonly ManagedEntry[];
}

const CONTROLLER_MANAGER = 'kube-controller-manager';

/** Kinds of which a deletion answers with the object, as their storage in kubernetes says. */
const ANSWERED_WITH_OBJECT: ReadonlySet<ResourceName> = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

/**
 * The objects of the cluster under the rules of the API server: defaults, validation, generations, managed fields,
 * finalizers. The HTTP API and the controllers write through it.
 */
export class ObjectRegistry implements ObjectStore {
  readonly tables = new ObjectTables();
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.tables.listen(['customresourcedefinitions.apiextensions.k8s.io'], (change, definition) => {
      if (change === 'deleted') catalog.remove(definition);
      else catalog.define(definition);
    });
  }

  get({ resource, namespace, name }: ObjectName): KubeObject | undefined {
    return this.tables.get(resource, namespace, name);
  }

  list(resource: ResourceName, namespace?: string): readonly KubeObject[] {
    return this.tables.list(resource, namespace);
  }

  listen(resources: readonly ResourceName[], listener: StoreListener): Disposable {
    return this.tables.listen(resources, listener);
  }

  create(resource: ResourceName, object: KubeObject): KubeObject {
    const kind = this.#kind(resource);
    const { object: read } = readObject(structuredClone(object), kind.type, kind.custom);
    const writer: Writer = { manager: CONTROLLER_MANAGER, operation: 'Update', subresource: '' };
    return this.createAs(kind, read as KubeObject, { writer, dryRun: false });
  }

  /**
   * Creates an object that was decoded and is nobody else's.
   *
   * @throws StatusError as {@link ObjectStore.create}
   */
  createAs(kind: ResourceKind, object: KubeObject, { writer, dryRun, entries }: WriteOptions): KubeObject {
    if (object.metadata.resourceVersion) {
      throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
    }
    const { metadata } = object;
    metadata.name ??= '';
    if (metadata.name === '' && metadata.generateName) metadata.name = generatedName(metadata.generateName);
    this.#checkNamespace(kind, metadata);
    setDefaults(kind.resource, object);
    // What the server adds from here on is nobody's: not of a manager who would conflict with others about it.
    const owned = entries ?? afterUpdate(undefined, object, kind, writer, timestamp());
    const created = prepareForCreate(kind, object);
    this.#refuseInvalid(kind, created.metadata.name, [
      ...validateMetadata(kind, created),
      ...validateObject(kind.resource, created),
    ]);
    if (this.tables.get(kind.resource, created.metadata.namespace, created.metadata.name) !== undefined) {
      throw alreadyExists(kind, created.metadata.name);
    }
    this.#allocate(kind, created, undefined);
    created.metadata.managedFields = writeEntries(owned);
    return dryRun ? created : this.tables.put(kind.resource, created);
  }

  /**
   * Replaces an object by one that was decoded and is nobody else's. What reads the same changes nothing.
   *
   * @throws StatusError `Conflict` when it was read at another resourceVersion, `Invalid`
   */
  updateAs(
    kind: ResourceKind,
    object: KubeObject,
    live: KubeObject,
    { writer, dryRun, entries }: WriteOptions,
  ): KubeObject {
    const { name, resourceVersion, uid } = object.metadata;
    if (uid && uid !== live.metadata.uid) {
      const key = [kind.plural, live.metadata.namespace, name].filter((part) => part !== undefined).join('/');
      throw conflict(
        kind,
        name,
        `StorageError: invalid object, Code: 4, Key: /registry/${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`,
      );
    }
    if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw modifiedSince(kind, name);
    setDefaults(kind.resource, object);
    const updated = prepareForUpdate(kind, object, live, writer.subresource);
    const owned = entries ?? afterUpdate(live, updated, kind, writer, timestamp());
    if (writer.subresource !== 'status') {
      this.#refuseInvalid(kind, name, [
        ...validateMetadata(kind, updated),
        ...validateObject(kind.resource, updated),
        ...validateChange(kind.resource, updated, live),
      ]);
      this.#allocate(kind, updated, live);
    }
    return this.#replace(kind, updated, live, owned, dryRun);
  }

  modify(
    { resource, namespace, name }: ObjectName,
    change: (object: KubeObject) => KubeObject | undefined,
    manager: string = CONTROLLER_MANAGER,
  ): KubeObject | undefined {
    const kind = this.#kind(resource);
    const live = this.tables.get(resource, namespace, name);
    if (live === undefined) return undefined;
    const changed = change(live);
    if (changed === undefined || isDeepStrictEqual(changed, live)) return live;
    const updated = withGeneration(kind, ownCopy(changed), live);
    const now = timestamp();
    const spec: Writer = { manager, operation: 'Update', subresource: '' };
    if (!kind.hasStatus) return this.#replace(kind, updated, live, afterUpdate(live, updated, kind, spec, now), false);
    const between: KubeObject = { ...updated, status: live['status'] };
    const entries = afterUpdate(live, between, kind, spec, now);
    const status: Writer = { ...spec, subresource: 'status' };
    return this.#replace(kind, updated, live, afterUpdate(between, updated, kind, status, now, entries), false);
  }

  delete({ resource, namespace, name }: ObjectName, options: DeleteOptions = {}): void {
    const live = this.tables.get(resource, namespace, name);
    if (live !== undefined) this.deleteAs(this.#kind(resource), live, options, false);
  }

  /**
   * Deletes an object, or has it wait for its end.
   *
   * @returns the object that is answered with: what waits, what is gone of some kinds; undefined for a Status
   * @throws StatusError `Conflict` for preconditions, `Forbidden` for namespaces that have to be
   */
  deleteAs(kind: ResourceKind, live: KubeObject, options: DeleteOptions, dryRun: boolean): KubeObject | undefined {
    checkDeleteOptions(options);
    if (kind.resource === 'namespaces' && ['default', 'kube-system', 'kube-public'].includes(live.metadata.name)) {
      throw forbiddenError(kind, live.metadata.name, 'this namespace may not be deleted');
    }
    const waiting = deleted(kind, live, options);
    if (waiting !== undefined) {
      return waiting === live || dryRun ? waiting : this.tables.put(kind.resource, waiting);
    }
    const last = lastState(kind, live);
    const gone = dryRun ? last : this.tables.remove(kind.resource, last);
    return ANSWERED_WITH_OBJECT.has(kind.resource) ? gone : undefined;
  }

  #replace(
    kind: ResourceKind,
    updated: KubeObject,
    live: KubeObject,
    entries: readonly ManagedEntry[],
    dryRun: boolean,
  ): KubeObject {
    const metadata = { ...updated.metadata, managedFields: writeEntries(entries) };
    if (live.metadata.resourceVersion !== undefined) metadata.resourceVersion = live.metadata.resourceVersion;
    if (metadata.managedFields.length === 0) delete (metadata as { managedFields?: unknown }).managedFields;
    const replaced: KubeObject = { ...updated, metadata };
    if (isUnchanged(replaced, live)) return live;
    if (dryRun) return replaced;
    return mayGo(kind, replaced)
      ? this.tables.remove(kind.resource, replaced)
      : this.tables.put(kind.resource, replaced);
  }

  #allocate(kind: ResourceKind, service: KubeObject, before: KubeObject | undefined): void {
    if (kind.resource !== 'services') return;
    const others = this.tables.list('services').filter(({ metadata }) => metadata.uid !== before?.metadata.uid);
    this.#refuseInvalid(kind, service.metadata.name, allocate(service, before, others));
  }

  #refuseInvalid(kind: ResourceKind, name: string, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw invalidError(kind, name, errors);
  }

  /** The admission plugin NamespaceLifecycle. */
  #checkNamespace(kind: ResourceKind, { namespace, name }: KubeObject['metadata']): void {
    if (!kind.namespaced || namespace === undefined) return;
    const there = this.tables.get('namespaces', undefined, namespace);
    if (there === undefined) {
      throw new StatusError(404, 'NotFound', `namespaces ${JSON.stringify(namespace)} not found`, {
        name: namespace,
        kind: 'namespaces',
      });
    }
    if (there['status']?.phase !== 'Terminating') return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbiddenError(kind, name, why, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  }

  #kind(resource: ResourceName): ResourceKind {
    const kind = this.#catalog.stored(resource);
    if (kind === undefined) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
    return kind;
  }
}

/** Whether two versions read the same; when a manager owns the same fields as before, its time does not count. */
function isUnchanged(after: KubeObject, before: KubeObject): boolean {
  const unmanaged = (object: KubeObject) => ({
    ...object,
    metadata: { ...object.metadata, managedFields: undefined },
  });
  const untimed = (object: KubeObject) =>
    writeEntries(entriesOf(object).map((entry) => ({ ...entry, time: undefined })));
  return isDeepStrictEqual(unmanaged(after), unmanaged(before)) && isDeepStrictEqual(untimed(after), untimed(before));
}
