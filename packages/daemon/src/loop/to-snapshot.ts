import type { ForwardSummary, PodSummary, ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { isOfExpected } from '../rollout/expected-images.ts';
import { isReady, podStatus } from '../rollout/pod-diagnosis.ts';
import { type Workload, workloadStatus } from '../rollout/workload-status.ts';
import type { DaemonState, ServiceState } from '../state/daemon-state.ts';
import { degradation } from './live-observer.ts';
import { serviceUrls, unreachableNodePorts } from './service-urls.ts';

export interface SnapshotSources {
  readonly folder: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly session: Pick<ClusterSession, 'view' | 'namespace' | 'nodeAddress'> | undefined;
  workloadsOf(service: string): readonly Workload[];
  /** The Services and Ingresses that lead to a service, as manifests have them. */
  reachingObjectsOf(service: string): readonly KubernetesObject[];
  forwardsOf(service: string): readonly ForwardSummary[];
  /** What is forwarded and is no service, by the names that {@link forwardsOf} takes. */
  otherForwards(): readonly string[];
}

/** What a client may know. */
export function toSnapshot(state: DaemonState, sources: SnapshotSources): DaemonSnapshot {
  return {
    project: state.project,
    folder: sources.folder,
    pid: sources.pid,
    startedAt: sources.startedAt,
    cluster: state.cluster,
    diagnostics: [...state.diagnostics],
    warnings: [...state.warnings],
    services: [...state.services.values()].map((service) => serviceSnapshot(service, sources)),
    forwards: sources.otherForwards().flatMap((to) => sources.forwardsOf(to).map((forward) => ({ to, ...forward }))),
  };
}

function serviceSnapshot(service: ServiceState, sources: SnapshotSources): ServiceSnapshot {
  const { name, seenAt, liveAt, liveImage, failure, lastPass } = service;
  const { session } = sources;
  const workloads = session === undefined ? [] : sources.workloadsOf(name);
  const statuses = session === undefined ? [] : workloads.map((workload) => workloadStatus(workload, session.view));
  // The events tell of it a moment later, together with the last words of the container at fault.
  const degraded =
    service.degraded ??
    degradation(
      service,
      statuses.find(({ done }) => !done),
    );
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const forwards = [...sources.forwardsOf(name)];
  const reached = {
    objects: sources.reachingObjectsOf(name),
    live: ({ metadata }: KubernetesObject) =>
      session?.view.get('Service', metadata.namespace ?? session.namespace, metadata.name),
    nodeAddress: session?.nodeAddress,
  };
  return {
    name,
    seenRevision: service.seenRevision,
    attemptedRevision: service.attemptedRevision,
    liveRevision: service.liveRevision,
    ...(seenAt === undefined ? {} : { seenAt }),
    ...(liveAt === undefined ? {} : { liveAt }),
    ...(liveImage === undefined ? {} : { liveImage }),
    activity: service.activity,
    ...(failure === undefined ? {} : { failure }),
    ...(degraded === undefined ? {} : { degraded }),
    pods: workloads.flatMap((workload, index) => statuses[index]?.pods.map((pod) => podSummary(pod, workload)) ?? []),
    replicas: { wanted: sum(statuses.map(({ wanted }) => wanted)), ready: sum(statuses.map(({ ready }) => ready)) },
    forwards,
    urls: serviceUrls({ forwards, ...reached }),
    unreachableNodePorts: unreachableNodePorts(reached),
    paused: service.paused,
    ...(service.rolledBackTo === undefined ? {} : { rolledBackTo: service.rolledBackTo }),
    ...(lastPass === undefined ? {} : { lastPass }),
    recentPasses: [...service.recentPasses],
  };
}

/** A pod in short. */
export function podSummary(pod: KubernetesObject, workload: Workload): PodSummary {
  const statuses: { restartCount: number }[] = pod['status']?.containerStatuses ?? [];
  const startedAt: string | undefined = pod['status']?.startTime;
  const ip: string | undefined = pod['status']?.podIP;
  return {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace ?? '',
    status: podStatus(pod),
    ready: isReady(pod),
    restarts: statuses.reduce((sum, status) => sum + status.restartCount, 0),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(ip === undefined ? {} : { ip }),
    newest: isOfExpected(pod, workload.expected),
  };
}
