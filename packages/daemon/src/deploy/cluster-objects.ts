import type { ObjectName } from '@devloop/shared/protocol/command';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Field manager under which everything is applied; also the proof of who applied an object. */
export const FIELD_MANAGER = 'devloop';

/**
 * Of which kinds the cluster is asked what was applied. It knows dozens, each of which is a question of its own.
 *
 * - `all` that the cluster knows
 * - `known`: those of which there was something when all were asked for, or something was applied since; all, where this
 *   session has not asked for all yet
 * - `likely`: as `known`, but instead of all those that run something or lead to it
 */
export type AskedKinds = 'all' | 'known' | 'likely';

/** Port of the cluster's objects. Refusals are thrown with the API server's status; see `ApiRefusal`. */
export interface ClusterObjects {
  isNamespaced(apiVersion: string, kind: string, signal: AbortSignal): Promise<boolean>;
  get(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject | undefined>;
  /**
   * Server-side apply, as the one who decides: fields that others own are taken over.
   *
   * @param dryRun answers what would be, and changes nothing
   */
  apply(object: KubernetesObject, signal: AbortSignal, dryRun?: boolean): Promise<KubernetesObject>;
  /** Whether the API server would create this object if its name were free: tells an invalid object from an immutable field. */
  couldCreate(object: KubernetesObject, signal: AbortSignal): Promise<boolean>;
  /** Sets the images of a pod's or pod template's containers in place. */
  patchImages(
    object: { kind: 'Pod' | 'ReplicaSet'; apiVersion: string; namespace: string; name: string },
    images: readonly { readonly name: string; readonly image: string }[],
    signal: AbortSignal,
  ): Promise<KubernetesObject>;
  /** Has a workload's controller replace its pods, as `kubectl rollout restart` does. Answers with the workload. */
  restart(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject>;
  /** Changes a pod in something that means nothing, so that its kubelet looks at it. Answers with the pod. */
  touch(pod: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject>;
  /** Deletes an object without waiting for its end. One that is not there is no error. */
  delete(object: KubernetesObject, signal: AbortSignal): Promise<void>;
  /**
   * Deletes an object and waits until it is gone. One that is not there is no error.
   *
   * @param dependants wait also for what its controllers made (ReplicaSets, pods) to be gone
   */
  deleteAndWait(object: KubernetesObject, signal: AbortSignal, dependants?: boolean): Promise<void>;
  /** Objects with this project's label that devloop applied and that no controller made. */
  applied(project: string, kinds: AskedKinds, signal: AbortSignal): Promise<KubernetesObject[]>;
}

export function toObjectName(object: KubernetesObject): ObjectName {
  const { name, namespace } = object.metadata;
  return { kind: object.kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
