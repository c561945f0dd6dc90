import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectName, ObjectStore, ResourceName } from '../ports/object-store.ts';
import { NAMESPACED_RESOURCES } from './managed-resources.ts';
import { withOwners } from './owned-objects.ts';
import { WorkQueue } from './work-queue.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
const MANAGER = 'kube-controller-manager';

/** Events name no owners, and there are many of them. Namespaces have none either, but may be deleted in the foreground. */
const WATCHED = ['namespaces', ...Object.values(NAMESPACED_RESOURCES).filter((resource) => resource !== 'events')];

/** Each is called like the resource that it defines. */
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

interface Known {
  readonly name: ObjectName;
  readonly owners: readonly string[];
}

/**
 * Deletes what has lost its last owner, and carries out foreground and orphaning deletions: pkg/controller/garbagecollector.
 */
export class GarbageCollector implements Disposable {
  readonly #store: ObjectStore;
  readonly #queue = new WorkQueue((uid) => this.#sync(uid));
  readonly #listening = new DisposableStack();
  readonly #watched = new Set<ResourceName>();
  /** Every object by its uid. */
  readonly #known = new Map<string, Known>();
  /** Uids of what an owner owns. */
  readonly #dependents = new Map<string, Set<string>>();

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#listening.use(this.#queue);
    for (const resource of WATCHED) this.#watch(resource);
    this.#listening.use(store.listen([DEFINITIONS], (_change, { metadata }) => this.#watch(metadata.name)));
    for (const { metadata } of store.list(DEFINITIONS)) this.#watch(metadata.name);
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
  }

  /** Once: a resource that is defined again is watched already. */
  #watch(resource: ResourceName): void {
    if (this.#watched.has(resource)) return;
    this.#watched.add(resource);
    this.#listening.use(
      this.#store.listen([resource], (change, object) => {
        if (change === 'deleted') this.#forget(object);
        else this.#learn(resource, object);
      }),
    );
    for (const object of this.#store.list(resource)) this.#learn(resource, object);
  }

  #learn(resource: ResourceName, object: KubeObject): void {
    const { uid = '', namespace, name, ownerReferences = [], deletionTimestamp, finalizers = [] } = object.metadata;
    const owners = ownerReferences.map((owner) => owner.uid);
    const before = this.#known.get(uid)?.owners ?? [];
    for (const owner of before) if (!owners.includes(owner)) this.#dependents.get(owner)?.delete(uid);
    for (const owner of owners) {
      const dependents = this.#dependents.get(owner) ?? new Set();
      this.#dependents.set(owner, dependents.add(uid));
    }
    this.#known.set(uid, { name: { resource, namespace, name }, owners });
    const isEnding =
      deletionTimestamp !== undefined && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN));
    if (isEnding || owners.some((owner) => !this.#known.has(owner) && !before.includes(owner))) this.#queue.add(uid);
  }

  #forget({ metadata: { uid = '' } }: KubeObject): void {
    const known = this.#known.get(uid);
    this.#known.delete(uid);
    for (const dependent of this.#dependents.get(uid) ?? []) this.#queue.add(dependent);
    this.#dependents.delete(uid);
    for (const owner of known?.owners ?? []) {
      this.#dependents.get(owner)?.delete(uid);
      this.#queue.add(owner); // its foreground deletion may have waited for this one
    }
  }

  #sync(uid: string): void {
    const object = this.#object(uid);
    if (object === undefined) return;
    const { name, owners } = this.#known.get(uid) as Known;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes(ORPHAN)) this.#orphan(uid, name);
      else if (finalizers.includes(FOREGROUND)) this.#deleteDependents(uid, name);
      return;
    }
    if (owners.length === 0) return;
    const isThere = (owner: string) => this.#known.has(owner);
    if (!owners.some(isThere)) {
      this.#store.delete(name, { propagationPolicy: 'Background' });
    } else if (!owners.every(isThere)) {
      this.#store.modify(name, (each) => withOwners(each, (all) => all.filter((owner) => isThere(owner.uid))), MANAGER);
    }
  }

  #orphan(uid: string, name: ObjectName): void {
    for (const dependent of [...(this.#dependents.get(uid) ?? [])]) {
      const target = this.#known.get(dependent)?.name;
      if (target === undefined) continue;
      this.#store.modify(
        target,
        (each) => withOwners(each, (all) => all.filter((owner) => owner.uid !== uid)),
        MANAGER,
      );
    }
    this.#dropFinalizer(name, ORPHAN);
  }

  #deleteDependents(uid: string, name: ObjectName): void {
    let isBlocked = false;
    for (const dependent of [...(this.#dependents.get(uid) ?? [])]) {
      const object = this.#object(dependent);
      const target = this.#known.get(dependent)?.name;
      if (object === undefined || target === undefined) continue;
      const reference = object.metadata.ownerReferences?.find((owner) => owner.uid === uid);
      isBlocked ||= reference?.blockOwnerDeletion === true;
      const hasDependents = (this.#dependents.get(dependent)?.size ?? 0) > 0;
      if (object.metadata.deletionTimestamp === undefined) {
        this.#store.delete(target, { propagationPolicy: hasDependents ? 'Foreground' : 'Background' });
      }
    }
    const left = [...(this.#dependents.get(uid) ?? [])].some((dependent) => this.#object(dependent) !== undefined);
    if (!isBlocked || !left) this.#dropFinalizer(name, FOREGROUND);
  }

  #dropFinalizer(name: ObjectName, finalizer: string): void {
    this.#store.modify(
      name,
      (object) => {
        const finalizers = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer);
        return { ...object, metadata: { ...object.metadata, finalizers } };
      },
      MANAGER,
    );
  }

  #object(uid: string): KubeObject | undefined {
    const known = this.#known.get(uid);
    const object = known && this.#store.get(known.name);
    return object?.metadata.uid === uid ? object : undefined;
  }
}
