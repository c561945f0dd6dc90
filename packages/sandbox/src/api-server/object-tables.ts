import type { KubeObject } from '../ports/kube-object.ts';
import type { ResourceName, StoreChange, StoreListener } from '../ports/object-store.ts';
import { type Change, ChangeHistory } from './change-history.ts';
import { deepFreeze } from './frozen-parts.ts';

interface Subscription {
  readonly resources: ReadonlySet<ResourceName>;
  readonly tell: (change: Change) => void;
}

/**
 * The stored objects: what etcd is to the API server. One revision counts the changes of all of them; each change is
 * told to the listeners in order.
 */
export class ObjectTables {
  readonly history = new ChangeHistory();
  readonly #tables = new Map<ResourceName, Map<string, KubeObject>>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #untold: Change[] = [];
  #telling = false;
  #revision = 1;

  get revision(): number {
    return this.#revision;
  }

  get(resource: ResourceName, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#tables.get(resource)?.get(keyOf(namespace, name));
  }

  /** In the order of namespace and name. */
  list(resource: ResourceName, namespace?: string): KubeObject[] {
    const objects = [...(this.#tables.get(resource)?.values() ?? [])];
    return inOrder(
      namespace === undefined ? objects : objects.filter((object) => object.metadata.namespace === namespace),
    );
  }

  /** What {@link list} gave at an earlier revision, which the history must reach back to. */
  listAt(resource: ResourceName, namespace: string | undefined, revision: number): KubeObject[] {
    const objects = new Map(this.#tables.get(resource));
    for (const { change, object, before } of this.history.after(revision, resource).toReversed()) {
      const key = keyOf(object.metadata.namespace, object.metadata.name);
      if (change === 'added') objects.delete(key);
      else if (before !== undefined) objects.set(key, before);
    }
    const all = [...objects.values()];
    return inOrder(namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace));
  }

  /** Stores an object under a new resourceVersion, frozen, and tells of it. */
  put(resource: ResourceName, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const key = keyOf(namespace, name);
    const table = this.#tables.get(resource) ?? new Map<string, KubeObject>();
    this.#tables.set(resource, table);
    const before = table.get(key);
    const stored = this.#stamped(object);
    table.set(key, stored);
    this.#tell(resource, before === undefined ? 'added' : 'modified', stored, before);
    return stored;
  }

  /** Takes an object out. What it was last is told with the resourceVersion of its deletion. */
  remove(resource: ResourceName, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const key = keyOf(namespace, name);
    const before = this.#tables.get(resource)?.get(key);
    this.#tables.get(resource)?.delete(key);
    const gone = this.#stamped(object);
    this.#tell(resource, 'deleted', gone, before);
    return gone;
  }

  listen(resources: readonly ResourceName[], listener: StoreListener): Disposable {
    return this.subscribe(resources, ({ change, object, before }) => listener(change, object, before));
  }

  /** As {@link listen}, with the revisions. */
  subscribe(resources: readonly ResourceName[], tell: (change: Change) => void): Disposable {
    const subscription = { resources: new Set(resources), tell };
    this.#subscriptions.add(subscription);
    return { [Symbol.dispose]: () => void this.#subscriptions.delete(subscription) };
  }

  #stamped(object: KubeObject): KubeObject {
    this.#revision += 1;
    const metadata = { ...object.metadata, resourceVersion: `${this.#revision}` };
    return deepFreeze({ ...object, metadata });
  }

  /** A listener may change objects itself: what it changed is told after what all are being told now. */
  #tell(resource: ResourceName, change: StoreChange, object: KubeObject, before: KubeObject | undefined): void {
    const told: Change = { revision: this.#revision, resource, change, object, before };
    this.history.add(told);
    this.#untold.push(told);
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
        for (const subscription of [...this.#subscriptions]) {
          if (subscription.resources.has(next.resource)) subscription.tell(next);
        }
      }
    } finally {
      this.#telling = false;
    }
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function inOrder(objects: KubeObject[]): KubeObject[] {
  const keyed = objects.map((object) => [keyOf(object.metadata.namespace, object.metadata.name), object] as const);
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}
