import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ExecRequest } from '@devloop/shared/protocol/exec';
import { isSameImage } from '../deploy/image-reference.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { type ContainerSpec, podTemplateOf } from '../deploy/workload-images.ts';
import type { ServiceSpec } from '../project/project.ts';
import { isReady } from '../rollout/pod-diagnosis.ts';
import { type LiveObjects, type Workload, workloadStatus } from '../rollout/workload-status.ts';
import type { ContainerPlace } from './run-in-container.ts';

export interface ServicePods {
  readonly service: string;
  readonly pods: readonly KubernetesObject[];
  /** Uids of those that run its newest content. */
  readonly newest: ReadonlySet<string | undefined>;
  /** Whether a container has the image that the service builds. */
  readonly isOwn: (container: ContainerSpec) => boolean;
}

/**
 * The container that a command is run in: of those that run and fit what was asked for one of a pod that serves the newest
 * content, and of its containers the service's own. Pure.
 *
 * @throws DevloopError `command/refused` where none does
 */
export function findContainer(
  { service, pods, newest, isOwn }: ServicePods,
  asked: Pick<ExecRequest, 'pod' | 'namespace' | 'container'>,
): ContainerPlace {
  const running = pods.flatMap((pod) => runningContainers(pod).map((container) => ({ pod, container })));
  const fitting = running.filter(
    ({ pod: { metadata }, container }) =>
      (asked.pod ?? metadata.name) === metadata.name &&
      (asked.namespace ?? metadata.namespace) === metadata.namespace &&
      (asked.container ?? container.name) === container.name,
  );
  const rank = ({ pod, container }: (typeof running)[number]) =>
    (isReady(pod) ? 4 : 0) + (newest.has(pod.metadata.uid) ? 2 : 0) + (isOwn(container) ? 1 : 0);
  const [best] = fitting.toSorted((a, b) => rank(b) - rank(a));
  if (best !== undefined) {
    const { name: pod, namespace = 'default' } = best.pod.metadata;
    return { namespace, pod, container: best.container.name };
  }
  const names = running.map(({ pod, container }) => `${container.name} of ${pod.metadata.name}`);
  const wanted = [asked.container, asked.pod].filter((name) => name !== undefined).join(' of ');
  throw new DevloopError(
    'command/refused',
    `No container ${wanted === '' ? '' : `${wanted} `}of ${service} runs that a command could be run in.`,
    names.length === 0
      ? `See why: devloop status. A Pod of its own for a command: devloop run ${service} -- COMMAND`
      : `These run: ${names.join(', ')}.`,
  );
}

/** What the cluster has of a service's pods. Pure but for the view. */
export function servicePods(spec: ServiceSpec, workloads: readonly Workload[], view: LiveObjects): ServicePods {
  const statuses = workloads.map((workload) => workloadStatus(workload, view));
  return {
    service: spec.name,
    pods: statuses.flatMap(({ pods }) => pods),
    newest: new Set(statuses.flatMap(({ newest }) => newest.map(({ metadata }) => metadata.uid))),
    isOwn: isOwnContainer(spec),
  };
}

/** Whether a container has the image that a service builds. */
export function isOwnContainer({ build }: Pick<ServiceSpec, 'build'>): (container: ContainerSpec) => boolean {
  return ({ image }) => build !== undefined && image !== undefined && isSameImage(image, build.image);
}

function runningContainers(pod: KubernetesObject): ContainerSpec[] {
  const statuses: { name: string; state?: { running?: unknown } }[] = pod['status']?.containerStatuses ?? [];
  const running = new Set(statuses.filter(({ state }) => state?.running !== undefined).map(({ name }) => name));
  return (podTemplateOf(pod)?.containers ?? []).filter(({ name }) => running.has(name));
}
