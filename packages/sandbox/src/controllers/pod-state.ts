import type { KubeObject } from '../ports/kube-object.ts';

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

/** Neither ended nor being ended: pkg/controller IsPodActive. */
export function isActive({ metadata, status }: KubeObject): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function readyCondition(pod: KubeObject): PodCondition | undefined {
  const conditions: PodCondition[] = pod['status']?.conditions ?? [];
  return conditions.find(({ type, status }) => type === 'Ready' && status === 'True');
}

export function isReady(pod: KubeObject): boolean {
  return readyCondition(pod) !== undefined;
}

/** Since when it has been ready, in ms since the epoch; undefined: it is not. */
export function readySince(pod: KubeObject): number | undefined {
  const time = readyCondition(pod)?.lastTransitionTime;
  return time === undefined ? undefined : Date.parse(time);
}

/** How long until a pod counts as available, in ms: 0 for one that does, undefined for one that is not ready. */
export function availableInMs(pod: KubeObject, minReadySeconds: number, now: number): number | undefined {
  const since = readySince(pod);
  if (since === undefined) return undefined;
  return minReadySeconds === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - now);
}

export function isAvailable(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  return availableInMs(pod, minReadySeconds, now) === 0;
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Which of two pods goes first when there are too many, as a comparator: pkg/controller ActivePodsWithRanks.
 *
 * @param rank how many of the pod's kind its node has
 */
export function deletionOrder(a: KubeObject, b: KubeObject, rank: (pod: KubeObject) => number): number {
  const restarts = (pod: KubeObject) => {
    const statuses: { restartCount?: number }[] = pod['status']?.containerStatuses ?? [];
    return Math.max(0, ...statuses.map(({ restartCount = 0 }) => restartCount));
  };
  const cost = (pod: KubeObject) =>
    Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return (
    Number(Boolean(a['spec']?.nodeName)) - Number(Boolean(b['spec']?.nodeName)) ||
    (PHASES[a['status']?.phase ?? 'Pending'] ?? 0) - (PHASES[b['status']?.phase ?? 'Pending'] ?? 0) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    cost(a) - cost(b) ||
    rank(b) - rank(a) ||
    (readySince(b) ?? 0) - (readySince(a) ?? 0) ||
    restarts(b) - restarts(a) ||
    Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? '')
  );
}
