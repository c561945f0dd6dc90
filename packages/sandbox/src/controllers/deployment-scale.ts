import type { KubeObject } from '../ports/kube-object.ts';

export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

type IntOrString = number | string;

/** A number, or a share of `total`: intstr GetScaledValueFromIntOrPercent. */
export function scaled(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}

/** How many pods a rolling update may have too many and too few: ResolveFenceposts. Never both none. */
export function rollingBounds(deployment: KubeObject): { maxSurge: number; maxUnavailable: number } {
  const { replicas = 1, strategy = {} } = deployment['spec'];
  if (strategy.type === 'Recreate' || replicas === 0) return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy.rollingUpdate ?? {};
  const surge = scaled(maxSurge, replicas, true);
  const unavailable = scaled(maxUnavailable, replicas, false);
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}

export function replicasOf(set: KubeObject): number {
  return set['spec']?.replicas ?? 1;
}

export function totalReplicas(sets: readonly KubeObject[]): number {
  return sets.reduce((sum, set) => sum + replicasOf(set), 0);
}

/** How many pods the newest ReplicaSet is to have next: NewRSNewReplicas. */
export function nextReplicas(deployment: KubeObject, sets: readonly KubeObject[], current: number): number {
  const { replicas = 1, strategy = {} } = deployment['spec'];
  if (strategy.type === 'Recreate') return replicas;
  const most = replicas + rollingBounds(deployment).maxSurge;
  const total = totalReplicas(sets);
  return total >= most ? current : current + Math.min(most - total, replicas - current);
}

/**
 * Sizes of the ReplicaSets when a Deployment is scaled while it rolls: each grows or shrinks by its share, and what the
 * rounding leaves goes to the largest. pkg/controller/deployment scale().
 *
 * @param newest wins among those of one size when there is something to add
 */
export function proportionalSizes(
  deployment: KubeObject,
  sets: readonly KubeObject[],
): ReadonlyMap<KubeObject, number> {
  const wanted: number = deployment['spec'].replicas ?? 1;
  const { maxSurge } = rollingBounds(deployment);
  const active = sets.filter((set) => replicasOf(set) > 0);
  const toAdd = (wanted > 0 ? wanted + maxSurge : 0) - totalReplicas(active);
  const age = ({ metadata }: KubeObject) => Date.parse(metadata.creationTimestamp ?? '');
  const ordered = active.toSorted(
    (a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? age(b) - age(a) : age(a) - age(b)),
  );
  let added = 0;
  const sizes = new Map<KubeObject, number>();
  for (const set of ordered) {
    const share = toAdd === 0 ? 0 : fraction(set, deployment, wanted, maxSurge);
    const left = toAdd - added;
    const part = toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    sizes.set(set, replicasOf(set) + part);
    added += part;
  }
  const [largest] = ordered;
  if (largest !== undefined && toAdd !== added) {
    sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  }
  return sizes;
}

function fraction(set: KubeObject, deployment: KubeObject, wanted: number, maxSurge: number): number {
  if (wanted === 0) return -replicasOf(set);
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS]) || (deployment['status']?.replicas ?? 0);
  return before === 0 ? 0 : Math.round((replicasOf(set) * (wanted + maxSurge)) / before) - replicasOf(set);
}

/** Whether the number of replicas was changed since the ReplicaSets were sized: isScalingEvent. */
export function isScaled(deployment: KubeObject, sets: readonly KubeObject[]): boolean {
  const wanted: number = deployment['spec'].replicas ?? 1;
  return sets.some((set) => {
    const told = set.metadata.annotations?.[DESIRED_REPLICAS];
    return replicasOf(set) > 0 && told !== undefined && Number(told) !== wanted;
  });
}

/** Whether the newest ReplicaSet has all its pods, of the size that is wanted now. */
export function isSaturated(set: KubeObject, wanted: number): boolean {
  const told = Number(set.metadata.annotations?.[DESIRED_REPLICAS]);
  return replicasOf(set) === wanted && told === wanted && (set['status']?.availableReplicas ?? 0) === wanted;
}
