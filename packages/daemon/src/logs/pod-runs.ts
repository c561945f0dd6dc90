import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

/** One run of a container, as its pod's status tells of it. */
export interface ContainerRun {
  /** The runtime's id. */
  readonly id: string;
  readonly restarts: number;
  /** ms since the epoch; undefined where it is not told. */
  readonly startedAtMs: number | undefined;
  /** Whether it runs no more, so that its log is complete. */
  readonly hasEnded: boolean;
  /** Id of the run before, as long as its log is kept. */
  readonly previousId: string | undefined;
  /** When that began, ms since the epoch, where it is told. */
  readonly previousStartedAtMs: number | undefined;
}

interface Ended {
  readonly startedAt?: string;
  readonly containerID?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount?: number;
  readonly state?: { readonly running?: { readonly startedAt?: string }; readonly terminated?: Ended };
  readonly lastState?: { readonly terminated?: Ended };
}

/** The newest run of a container that has a log; undefined while there is none. */
export function runOf(pod: KubernetesObject, container: string): ContainerRun | undefined {
  const status = statusesOf(pod).find(({ name }) => name === container);
  const id = status?.containerID || status?.state?.terminated?.containerID;
  if (status === undefined || !id) return undefined;
  const { running, terminated } = status.state ?? {};
  const last = status.lastState?.terminated;
  return {
    id,
    // in its back-off, a container that has ended counts as the last and as the present one
    restarts: status.restartCount ?? 0,
    startedAtMs: timeOf((running ?? terminated ?? last)?.startedAt),
    // one that waits may do so because its kubelet has just been started, and knows nothing of it yet
    hasEnded: running === undefined && (terminated !== undefined || last?.containerID === id),
    previousId: last?.containerID === id ? undefined : last?.containerID,
    previousStartedAtMs: timeOf(last?.startedAt),
  };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function statusesOf(pod: KubernetesObject): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod['status'] ?? {};
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}

/** Names of the containers that have a status, init containers first. */
export function containersWithStatus(pod: KubernetesObject): string[] {
  return statusesOf(pod).map(({ name }) => name);
}
