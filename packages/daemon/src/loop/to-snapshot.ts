import type { ForwardSummary, PodSummary } from '@devloop/shared/protocol/service-state';
import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { runsExpected } from '../rollout/expected-images.ts';
import { isReady, podStatus } from '../rollout/pod-diagnosis.ts';
import { type LiveObjects, type Workload, workloadStatus } from '../rollout/workload-status.ts';
import type { DaemonState, ServiceState } from '../state/daemon-state.ts';

export interface SnapshotSources {
  readonly folder: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly view: LiveObjects | undefined;
  workloadsOf(service: string): readonly Workload[];
  forwardsOf(service: string): readonly ForwardSummary[];
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
  };
}

function serviceSnapshot(service: ServiceState, sources: SnapshotSources): DaemonSnapshot['services'][number] {
  const { seenAt, liveAt, liveImage, failure, degraded, lastPass, attemptedImage: _, ...rest } = service;
  const { view } = sources;
  const pods =
    view === undefined
      ? []
      : sources
          .workloadsOf(service.name)
          .flatMap((workload) => workloadStatus(workload, view).pods.map((pod) => podSummary(pod, workload)));
  return {
    ...rest,
    ...(seenAt === undefined ? {} : { seenAt }),
    ...(liveAt === undefined ? {} : { liveAt }),
    ...(liveImage === undefined ? {} : { liveImage }),
    ...(failure === undefined ? {} : { failure }),
    ...(degraded === undefined ? {} : { degraded }),
    ...(lastPass === undefined ? {} : { lastPass }),
    pods,
    replicas: { wanted: 0, ready: 0 },
    forwards: [...sources.forwardsOf(service.name)],
    urls: [],
    paused: false,
    recentPasses: [],
  };
}

function podSummary(pod: KubernetesObject, workload: Workload): PodSummary {
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
    newest: runsExpected(pod, workload.expected),
  };
}
