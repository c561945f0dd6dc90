import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { type ContainerSpec, podTemplateOf } from '../deploy/workload-images.ts';
import type { Bell } from '../support/bell.ts';
import { type LiveObjects, type Workload, workloadStatus } from './workload-status.ts';

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly started?: boolean;
  readonly ready?: boolean;
}

/**
 * Whether kubelets of a version call a container that has only a startup probe ready as soon as that succeeds. Those
 * before 1.21 do so when they look at the pod the next time, which may be a minute later; a change to the pod makes them
 * look. Pure.
 *
 * @param version as the API server tells it: `v1.20.2`
 */
export function forgetsStarts(version: string): boolean {
  const [, minor] = /^v1\.(\d+)\./.exec(version) ?? [];
  return Number(minor) < 21;
}

/**
 * Has kubelets look at pods whose containers have started and are not called ready. Each container once. Resolves when the
 * signal is aborted.
 *
 * @param touch changes a pod in something that means nothing
 */
export async function remindOfStarts(
  workloads: readonly Workload[],
  view: LiveObjects & { readonly changed: Bell },
  touch: (pod: KubernetesObject, signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const reminded = new Set<string>();
  const forgotten = () => {
    const pods = workloads.flatMap((workload) => workloadStatus(workload, view).newest);
    return pods
      .map((pod) => ({ pod, ids: startedUnready(pod).filter((id) => !reminded.has(id)) }))
      .find(({ ids }) => ids.length > 0);
  };
  try {
    for (;;) {
      const { pod, ids } = await view.changed.until(forgotten, signal);
      for (const id of ids) reminded.add(id);
      await touch(pod, signal);
    }
  } catch (error) {
    // where the cluster does not take it, the kubelet looks later
    if (!signal.aborted && !(error instanceof DevloopError)) throw error;
  }
}

/** Ids of containers that have passed their startup probe, and have no other that would have to say more. */
function startedUnready(pod: KubernetesObject): string[] {
  const hasOnlyThat = (container: ContainerSpec) =>
    container['startupProbe'] !== undefined && container['readinessProbe'] === undefined;
  const names = (podTemplateOf(pod)?.containers ?? []).filter(hasOnlyThat).map(({ name }) => name);
  const statuses: ContainerStatus[] = pod['status']?.containerStatuses ?? [];
  return statuses.flatMap(({ name, containerID, started, ready }) =>
    names.includes(name) && started === true && ready === false && containerID !== undefined ? [containerID] : [],
  );
}
