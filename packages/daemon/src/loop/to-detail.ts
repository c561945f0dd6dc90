import type {
  ContainerDetail,
  PodCondition,
  PodDetail,
  PodEvent,
  ServiceDetail,
} from '@devloop/shared/protocol/service-detail';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { toYaml } from '../deploy/to-yaml.ts';
import { runsImage } from '../rollout/expected-images.ts';
import { type LiveObjects, type Workload, workloadStatus } from '../rollout/workload-status.ts';
import type { ServiceState } from '../state/daemon-state.ts';
import { podSummary } from './to-snapshot.ts';

export interface DetailSources {
  readonly view: LiveObjects | undefined;
  readonly workloads: readonly Workload[];
  /** The service's objects, and those that lead to it, as they were applied last. */
  readonly applied: readonly KubernetesObject[];
}

/** All that a client may know of one service. */
export function toDetail(state: ServiceState, { view, workloads, applied }: DetailSources): ServiceDetail {
  const known = view === undefined ? [] : workloads;
  const statuses = view === undefined ? [] : known.map((workload) => workloadStatus(workload, view));
  return {
    service: state.name,
    workloads: known.map(({ kind, namespace, name }, index) => {
      const { wanted = 0, ready = 0 } = statuses[index] ?? {};
      return { kind, namespace, name, wanted, ready };
    }),
    pods: known.flatMap((workload, index) =>
      (statuses[index]?.pods ?? []).map((pod) =>
        podDetail(pod, workload, view?.eventsOf(workload.namespace, pod.metadata.uid ?? '') ?? []),
      ),
    ),
    passes: [...state.passes],
    config: toYaml(applied),
  };
}

function podDetail(pod: KubernetesObject, workload: Workload, events: readonly KubernetesObject[]): PodDetail {
  const node: string | undefined = pod['spec']?.nodeName;
  const conditions: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[] =
    pod['status']?.conditions ?? [];
  return {
    ...podSummary(pod, workload),
    ...(node === undefined ? {} : { node }),
    conditions: conditions.map(
      ({ type, status, reason, message, lastTransitionTime: since }): PodCondition => ({
        type,
        status,
        ...(reason ? { reason } : {}),
        ...(message ? { message } : {}),
        ...(since ? { since } : {}),
      }),
    ),
    containers: containerDetails(pod, workload),
    events: events.map(podEvent).toSorted((a, b) => ((a.lastAt ?? '') < (b.lastAt ?? '') ? -1 : 1)),
  };
}

interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number; readonly name?: string }[];
}

interface ContainerRun {
  readonly startedAt?: string;
  readonly reason?: string;
  readonly exitCode?: number;
}

interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID?: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: { waiting?: { reason?: string }; running?: ContainerRun; terminated?: ContainerRun };
  readonly lastState?: { terminated?: ContainerRun };
}

function containerDetails(pod: KubernetesObject, workload: Workload): ContainerDetail[] {
  const of = (containers: readonly ContainerSpec[], statuses: readonly ContainerStatus[], init: boolean) =>
    containers.map((container) => {
      const own = statuses.find(({ name }) => name === container.name);
      return containerDetail(container, own, init, workload);
    });
  return [
    ...of(pod['spec']?.initContainers ?? [], pod['status']?.initContainerStatuses ?? [], true),
    ...of(pod['spec']?.containers ?? [], pod['status']?.containerStatuses ?? [], false),
  ];
}

function containerDetail(
  { name, image, ports = [] }: ContainerSpec,
  status: ContainerStatus | undefined,
  init: boolean,
  { expected }: Workload,
): ContainerDetail {
  const { waiting, running, terminated } = status?.state ?? {};
  const last = terminated ?? status?.lastState?.terminated;
  const startedAt = running?.startedAt ?? last?.startedAt;
  const reason = terminated?.reason ?? waiting?.reason;
  const wanted = expected.get(name, image);
  // What has not run yet is what the pod asks for.
  const isNewest =
    wanted !== undefined && image === wanted.reference && (!status?.imageID || runsImage(status, wanted));
  return {
    name,
    init,
    image,
    content: wanted === undefined ? 'foreign' : isNewest ? 'newest' : 'older',
    state: running ? 'running' : terminated ? 'terminated' : 'waiting',
    ...(running || reason === undefined ? {} : { reason }),
    ...(running || last?.exitCode === undefined ? {} : { exitCode: last.exitCode }),
    ...(startedAt ? { startedAt } : {}),
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    ports: ports.map(({ containerPort, name: portName }) => ({
      port: containerPort,
      ...(portName === undefined ? {} : { name: portName }),
    })),
  };
}

function podEvent(event: KubernetesObject): PodEvent {
  const series: { count?: number; lastObservedTime?: string } = event['series'] ?? {};
  const lastAt: string | undefined =
    series.lastObservedTime ?? event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
  return {
    type: event['type'] ?? 'Normal',
    reason: event['reason'] ?? '',
    message: event['message'] ?? '',
    count: series.count ?? event['count'] ?? 1,
    ...(lastAt ? { lastAt } : {}),
  };
}
