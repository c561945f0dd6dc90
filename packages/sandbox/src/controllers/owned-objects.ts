import type { KubeObject, OwnerReference } from '../ports/kube-object.ts';
import type { ObjectName, ObjectStore, ResourceName } from '../ports/object-store.ts';
import { type LabelSelector, matches } from './label-selector.ts';

/** `namespace/name`, the key of an object in a controller's queue. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

export function nameOf(resource: ResourceName, key: string): ObjectName {
  const at = key.indexOf('/');
  return { resource, namespace: key.slice(0, at), name: key.slice(at + 1) };
}

/** The owner that manages an object: metav1.GetControllerOf. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller);
}

/** metav1.NewControllerRef. */
export function controllerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  const { name, uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/**
 * The objects that a controller manages: those that name it, less those that it does not select any more, which are let
 * go, and those without a controller that it selects, which are adopted. pkg/controller's ControllerRefManager.
 */
export function claimObjects(
  store: ObjectStore,
  resource: ResourceName,
  owner: KubeObject,
  selector: LabelSelector,
): KubeObject[] {
  const { namespace, uid, deletionTimestamp } = owner.metadata;
  const claimed: KubeObject[] = [];
  for (const object of store.list(resource, namespace)) {
    const controller = controllerOf(object);
    const isSelected = matches(selector, object.metadata.labels);
    const target = { resource, namespace, name: object.metadata.name };
    if (controller?.uid === uid) {
      if (isSelected || deletionTimestamp !== undefined) claimed.push(object);
      else store.modify(target, (each) => withOwners(each, (owners) => owners.filter((other) => other.uid !== uid)));
    } else if (controller === undefined && isSelected && isFree(object, owner)) {
      const adopt = (each: KubeObject) => withOwners(each, (owners) => [...owners, controllerReference(owner)]);
      const adopted = store.modify(target, adopt);
      if (adopted !== undefined) claimed.push(adopted);
    }
  }
  return claimed;
}

function isFree({ metadata, status }: KubeObject, owner: KubeObject): boolean {
  if (owner.metadata.deletionTimestamp !== undefined || metadata.deletionTimestamp !== undefined) return false;
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

export function withOwners(
  object: KubeObject,
  change: (owners: readonly OwnerReference[]) => OwnerReference[],
): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, ownerReferences: change(object.metadata.ownerReferences ?? []) },
  };
}
