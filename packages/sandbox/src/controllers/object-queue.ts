import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore, ResourceName, StoreListener } from '../ports/object-store.ts';
import { controllerOf, keyOf } from './owned-objects.ts';
import { WorkQueue } from './work-queue.ts';

/** A controller's work on the objects of one resource: on all at the beginning, then on each that changes. */
export class ObjectQueue implements Disposable {
  readonly #store: ObjectStore;
  readonly #queue: WorkQueue;
  readonly #listening = new DisposableStack();

  constructor(store: ObjectStore, resource: ResourceName, work: (key: string) => void) {
    this.#store = store;
    this.#queue = this.#listening.use(new WorkQueue(work));
    this.listen(resource, (_change, object) => this.add(keyOf(object)));
    for (const object of store.list(resource)) this.add(keyOf(object));
  }

  /** Hears of another resource, whose changes may ask for work too. */
  listen(resource: ResourceName, listener: StoreListener): void {
    this.#listening.use(this.#store.listen([resource], listener));
  }

  add(key: string): void {
    this.#queue.add(key);
  }

  /** Adds a key later, in ms; the last such wish for a key counts. */
  addAfter(key: string, ms: number): void {
    this.#queue.addAfter(key, ms);
  }

  /** Asks for work on the owner that manages an object, if it is of the kind. */
  addOwner(object: KubeObject, kind: string): void {
    const owner = controllerOf(object);
    if (owner?.kind === kind) this.add(`${object.metadata.namespace}/${owner.name}`);
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
  }
}
