import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf } from '../deploy/workload-images.ts';
import { isProbed } from '../rollout/unproven.ts';

/** Of a container's status, what is read here. */
interface ContainerStatus {
  readonly imageID?: string;
  readonly restartCount?: number;
  readonly state?: { readonly waiting?: { readonly reason?: string }; readonly terminated?: object };
  readonly lastState?: { readonly terminated?: object };
}

/** Why a kubelet says that a container waits which nothing keeps from being started. */
const ON_ITS_WAY: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

/**
 * Whether the kubelet of a pod has yet to say that its containers run, which it notices up to a second after it has started
 * them, and has nothing else to wait for: no probe, and nobody else's word. A pod that shares the ports of its node is none,
 * because there it cannot be told whose program takes a connection. Pure.
 */
export function isUntold(pod: KubernetesObject): boolean {
  const { readinessGates = [], hostNetwork } = pod['spec'] ?? {};
  if (hostNetwork === true || readinessGates.length > 0 || containersOf(pod).some(isProbed)) return false;
  if (hasFailed(pod) || restartsOf(pod) > 0) return false;
  const statuses = statusesOf(pod);
  const unmade = statuses.filter((status) => !isMade(status));
  if (unmade.length === 0) return statuses.length === 0;
  return unmade.every(({ state }) => ON_ITS_WAY.has(state?.waiting?.reason ?? 'ContainerCreating'));
}

/** Whether nothing but one container can run in a pod. Pure. */
export function isOfOneContainer(pod: KubernetesObject): boolean {
  return containersOf(pod).length === 1;
}

/** Whether a container has been made, at some time, by its status. Pure. */
export function isMade({ imageID = '', lastState }: ContainerStatus): boolean {
  return imageID !== '' || lastState?.terminated !== undefined;
}

/** Whether a program of a pod has ended, and was not started again since, as far as its kubelet has told. Pure. */
export function hasFailed(pod: KubernetesObject): boolean {
  return statusesOf(pod).some(({ state, lastState }) => {
    const waitsAgain = state?.waiting !== undefined && lastState?.terminated !== undefined;
    return state?.terminated !== undefined || waitsAgain;
  });
}

/** How often containers of a pod were started again. Pure. */
export function restartsOf(pod: KubernetesObject): number {
  return statusesOf(pod).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

function statusesOf(pod: KubernetesObject): readonly ContainerStatus[] {
  return pod['status']?.containerStatuses ?? [];
}
