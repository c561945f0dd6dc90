import type { KubeObject } from './kube-object.ts';

/**
 * Group and plural of a resource as `kubectl api-resources` names it: `pods`, `deployments.apps`,
 * `endpointslices.discovery.k8s.io`.
 */
export type ResourceName = string;

export interface ObjectName {
  readonly resource: ResourceName;
  /** Undefined for resources of the cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
}

export type StoreChange = 'added' | 'modified' | 'deleted';

/** Told after each change, in order, before the call that made the change returns. It must not throw. */
export type StoreListener = (change: StoreChange, object: KubeObject, before: KubeObject | undefined) => void;

/**
 * The objects of the cluster, for the controllers and the kubelet, which run in the same process as the API server.
 * Everything is synchronous: what was read is what is changed, and there are no conflicts. Objects are frozen.
 */
export interface ObjectStore {
  get(name: ObjectName): KubeObject | undefined;
  /** In the order of namespace and name. */
  list(resource: ResourceName, namespace?: string): readonly KubeObject[];
  /**
   * Sets defaults, uid, creationTimestamp, resourceVersion, and a name from `generateName`.
   *
   * @throws StatusError `AlreadyExists`, `NotFound` (the namespace), `Forbidden` (a namespace that ends), `Invalid`
   */
  create(resource: ResourceName, object: KubeObject): KubeObject;
  /**
   * Replaces the object with what `change` returns for it. Undefined, or something that reads the same, changes
   * nothing, not even the resourceVersion. `generation` grows when anything but metadata and status differs; the last
   * finalizer's removal deletes an object that is being deleted.
   *
   * @param manager recorded in managedFields, as `kubectl --field-manager` would
   * @returns the object now; undefined where there is none
   */
  modify(
    name: ObjectName,
    change: (object: KubeObject) => KubeObject | undefined,
    manager?: string,
  ): KubeObject | undefined;
  /**
   * As DELETE does: pods that run on a node get a deletionTimestamp, and go when the kubelet deletes them with a grace
   * of 0; objects with finalizers get one, and go with their last finalizer; the rest goes at once. What it owned is the
   * garbage collector's.
   */
  delete(name: ObjectName, options?: { gracePeriodSeconds?: number; propagationPolicy?: string }): void;
  /** Changes from now on of these resources. */
  listen(resources: readonly ResourceName[], listener: StoreListener): Disposable;
}
