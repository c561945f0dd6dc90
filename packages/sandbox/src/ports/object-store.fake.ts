import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from './kube-object.ts';
import type { ObjectName, ObjectStore, ResourceName, StoreChange, StoreListener } from './object-store.ts';
import { StatusError } from './status-error.ts';

/** Resources of the cluster, which have no namespace. */
const CLUSTER_SCOPED = ['nodes', 'namespaces', 'persistentvolumes', 'storageclasses.storage.k8s.io'];

/**
 * {@link ObjectStore} in memory: names, generations, graceful deletion and finalizers, but no defaults and no
 * rules. Pods have no generation, as before Kubernetes 1.33.
 */
export class FakeObjectStore implements ObjectStore {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<{ resources: readonly ResourceName[]; listener: StoreListener }>();
  #version = 0;

  get(name: ObjectName): KubeObject | undefined {
    return this.#objects.get(keyOf(name));
  }

  list(resource: ResourceName, namespace?: string): readonly KubeObject[] {
    return [...this.#objects]
      .filter(([key, object]) => key.startsWith(`${resource}|`) && isIn(namespace, object))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  create(resource: ResourceName, object: KubeObject): KubeObject {
    const name = object.metadata.name || `${object.metadata.generateName}${randomUUID().slice(0, 5)}`;
    const namespace = CLUSTER_SCOPED.includes(resource) ? undefined : (object.metadata.namespace ?? 'default');
    const key = keyOf({ resource, namespace, name });
    if (this.#objects.has(key)) throw new StatusError(409, 'AlreadyExists', `${resource} "${name}" already exists`);
    return this.#put(resource, key, {
      ...object,
      metadata: {
        ...object.metadata,
        name,
        ...(namespace !== undefined && { namespace }),
        uid: randomUUID(),
        ...(resource !== 'pods' && { generation: 1 }),
        creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      },
    });
  }

  modify(name: ObjectName, change: (object: KubeObject) => KubeObject | undefined): KubeObject | undefined {
    const before = this.get(name);
    if (before === undefined) return undefined;
    const after = change(before);
    if (after === undefined || isDeepStrictEqual(before, after)) return before;
    const { metadata } = after;
    if (
      metadata.deletionTimestamp !== undefined &&
      before.metadata.finalizers?.length &&
      !metadata.finalizers?.length &&
      !isFurnished(name, after)
    ) {
      this.#remove(name, after);
      return after;
    }
    const isNewSpec = !isDeepStrictEqual(rest(before), rest(after));
    if (!isNewSpec || before.metadata.generation === undefined) {
      return this.#put(name.resource, keyOf(name), after, before);
    }
    const generation = before.metadata.generation + 1;
    return this.#put(name.resource, keyOf(name), { ...after, metadata: { ...metadata, generation } }, before);
  }

  delete(name: ObjectName, options: { gracePeriodSeconds?: number; propagationPolicy?: string } = {}): void {
    const object = this.get(name);
    if (object === undefined) throw new StatusError(404, 'NotFound', `${name.resource} "${name.name}" not found`);
    const { propagationPolicy } = options;
    const policy = { Foreground: 'foregroundDeletion', Orphan: 'orphan' }[propagationPolicy ?? ''];
    const finalizers = [...(object.metadata.finalizers ?? []), ...(policy === undefined ? [] : [policy])];
    const isPod = name.resource === 'pods' && Boolean(object['spec']?.nodeName);
    const grace = isPod ? (options.gracePeriodSeconds ?? object['spec']?.terminationGracePeriodSeconds ?? 30) : 0;
    if (grace === 0 && finalizers.length === 0 && !isFurnished(name, object)) {
      this.#remove(name, object);
      return;
    }
    const metadata = {
      ...object.metadata,
      ...(finalizers.length > 0 && { finalizers }),
      deletionTimestamp: object.metadata.deletionTimestamp ?? new Date(Date.now() + grace * 1000).toISOString(),
      deletionGracePeriodSeconds: grace,
    };
    this.#put(name.resource, keyOf(name), { ...object, metadata }, object);
  }

  listen(resources: readonly ResourceName[], listener: StoreListener): Disposable {
    const entry = { resources, listener };
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  /** Resolves with the first object, of now or later, that `pick` answers for. */
  async until<T>(resource: ResourceName, pick: (objects: readonly KubeObject[]) => T | undefined): Promise<T> {
    const there = pick(this.list(resource));
    if (there !== undefined) return there;
    const { promise, resolve } = Promise.withResolvers<T>();
    using _listening = this.listen([resource], () => {
      const found = pick(this.list(resource));
      if (found !== undefined) resolve(found);
    });
    return await promise;
  }

  #put(resource: ResourceName, key: string, object: KubeObject, before?: KubeObject): KubeObject {
    this.#version++;
    const stored = freeze({
      ...structuredClone(object),
      metadata: { ...structuredClone(object.metadata), resourceVersion: String(this.#version) },
    });
    this.#objects.set(key, stored);
    this.#tell(resource, before === undefined ? 'added' : 'modified', stored, before);
    return stored;
  }

  #remove(name: ObjectName, object: KubeObject): void {
    this.#objects.delete(keyOf(name));
    this.#tell(name.resource, 'deleted', object, object);
  }

  #tell(resource: ResourceName, change: StoreChange, object: KubeObject, before: KubeObject | undefined): void {
    for (const { resources, listener } of [...this.#listeners]) {
      if (resources.includes(resource)) listener(change, object, before);
    }
  }
}

function keyOf({ resource, namespace, name }: ObjectName): string {
  return `${resource}|${namespace ?? ''}|${name}`;
}

function isIn(namespace: string | undefined, object: KubeObject): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

function rest({ metadata: _metadata, status: _status, ...fields }: KubeObject): object {
  return fields;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}

/** Whether it is a namespace that its controller has not emptied. */
function isFurnished({ resource }: ObjectName, object: KubeObject): boolean {
  return resource === 'namespaces' && object['spec']?.finalizers?.length > 0;
}
