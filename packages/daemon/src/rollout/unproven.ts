import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ContainerSpec } from '../deploy/workload-images.ts';

/**
 * Containers that started longer ago than this are past their start, whoever looks. It is long, because a kubelet that has little
 * of the processors tells late, and its whole seconds only.
 */
const STARTING_MS = 30_000;

/** Who has run for this long is taken to have outlived whatever failed before. */
const OUTLIVED_MS = 60_000;
/** The kubelet tells whole seconds. */
const SECOND_MS = 1000;

/** What a kubelet writes before the id of a container that a Docker Engine runs. */
const DOCKER = 'docker://';

/**
 * Whether Kubernetes calls a container ready only when a probe has said so: one of readiness, or one of the start, before
 * which nothing is ready.
 */
export function isProbed(container: ContainerSpec): boolean {
  return container['readinessProbe'] !== undefined || container['startupProbe'] !== undefined;
}

/** A container that is ready only because it runs. */
interface Unprobed {
  /** The engine's. */
  readonly id: string;
  /** ms since the epoch. */
  readonly startedAt: number;
}

/**
 * The engine's ids of a pod's running containers that are ready only because they run, and may still be starting.
 * Pure.
 *
 * @param nowMs ms since the epoch
 */
export function unprovenContainers(pod: KubernetesObject, nowMs: number): string[] {
  return unprobedContainers(pod)
    .filter(({ startedAt }) => !(nowMs - startedAt > STARTING_MS))
    .map(({ id }) => id);
}

/** The pod's containers that are ready only because they run, as long as the kubelet says that they do. Pure. */
export function unprobedContainers(pod: KubernetesObject): Unprobed[] {
  const containers: ContainerSpec[] = pod['spec']?.containers ?? [];
  const statuses: { name: string; containerID?: string; state?: { running?: { startedAt?: string } } }[] =
    pod['status']?.containerStatuses ?? [];
  return statuses.flatMap(({ name, containerID, state }) => {
    const spec = containers.find((container) => container.name === name);
    if ((spec !== undefined && isProbed(spec)) || !containerID?.startsWith(DOCKER) || state?.running === undefined)
      return [];
    return [{ id: containerID.slice(DOCKER.length), startedAt: Date.parse(state.running.startedAt ?? '') }];
  });
}

interface Restarted {
  readonly name: string;
  readonly state?: { readonly running?: { readonly startedAt?: string } };
  readonly lastState?: {
    readonly terminated?: { readonly exitCode: number; readonly startedAt?: string; readonly finishedAt?: string };
  };
}

/**
 * How much longer a pod's containers have to run that were started again after a failure, and are ready only because they run,
 * until they have outlived the run that failed, ms; 0 where they have. To be started again is no sign of being well. Pure.
 *
 * @param nowMs ms since the epoch; by the node's clock, which may be another, more than the whole run never is what is left
 */
export function untilOutlived(pod: KubernetesObject, nowMs: number): number {
  const containers: ContainerSpec[] = pod['spec']?.containers ?? [];
  const statuses: Restarted[] = pod['status']?.containerStatuses ?? [];
  const left = statuses.map(({ name, state, lastState }) => {
    const spec = containers.find((container) => container.name === name);
    const { running } = state ?? {};
    const { terminated } = lastState ?? {};
    if (running === undefined || terminated === undefined || terminated.exitCode === 0) return 0;
    if (spec !== undefined && isProbed(spec)) return 0;
    const ranMs = Date.parse(terminated.finishedAt ?? '') - Date.parse(terminated.startedAt ?? '');
    const neededMs = Math.min(OUTLIVED_MS, (ranMs || 0) + 2 * SECOND_MS);
    const leftMs = Date.parse(running.startedAt ?? '') + neededMs - nowMs;
    return Math.min(neededMs, Math.max(0, leftMs)) || 0;
  });
  return Math.max(0, ...left);
}
