import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ContainerSpec } from '../deploy/workload-images.ts';

/**
 * Containers that started longer ago than this are past their start, whoever looks. It is long, because a kubelet that has little
 * of the processors tells late, and its whole seconds only.
 */
const STARTING_MS = 30_000;

/** What a kubelet writes before the id of a container that a Docker Engine runs. */
const DOCKER = 'docker://';

/**
 * Whether Kubernetes calls a container ready only when a probe has said so: one of readiness, or one of the start, before
 * which nothing is ready.
 */
export function isProbed(container: ContainerSpec): boolean {
  return container['readinessProbe'] !== undefined || container['startupProbe'] !== undefined;
}

/**
 * The engine's ids of a pod's running containers that are ready only because they run, and may still be starting.
 * Pure.
 *
 * @param nowMs ms since the epoch
 */
export function unprovenContainers(pod: KubernetesObject, nowMs: number): string[] {
  const containers: ContainerSpec[] = pod['spec']?.containers ?? [];
  const statuses: { name: string; containerID?: string; state?: { running?: { startedAt?: string } } }[] =
    pod['status']?.containerStatuses ?? [];
  return statuses.flatMap(({ name, containerID, state }) => {
    const spec = containers.find((container) => container.name === name);
    if ((spec !== undefined && isProbed(spec)) || !containerID?.startsWith(DOCKER) || state?.running === undefined)
      return [];
    const age = nowMs - Date.parse(state.running.startedAt ?? '');
    return age > STARTING_MS ? [] : [containerID.slice(DOCKER.length)];
  });
}
