import type { ContainerStatus } from '../kubelet/container-status.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { badRequest, KubeletRefusal } from './status-response.ts';

const PREFIX = 'docker://';

/**
 * The container that a request means: pkg/registry/core/pod LogLocation.
 *
 * @throws StreamRefusal
 */
export function chosenContainer(pod: KubeObject, asked: string | null): string {
  const names = (list: { name: string }[] | undefined) => (list ?? []).map(({ name }) => name);
  const mains = names(pod['spec'].containers);
  const inits = names(pod['spec'].initContainers);
  const { name } = pod.metadata;
  if (asked) {
    if ([...mains, ...inits].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only] = mains;
  if (mains.length === 1 && only !== undefined) return only;
  const others = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${mains.join(' ')}]${others}`);
}

/**
 * The engine's id of the container whose log is asked for: pkg/kubelet validateContainerLogStatus.
 *
 * @throws StreamRefusal while there is none
 */
export function logContainerId(pod: KubeObject, container: string, previous: boolean): string {
  const which = `container "${container}" in pod "${pod.metadata.name}"`;
  const status = statusOf(pod, container);
  if (status === undefined) throw badRequest(`${which} is not available`);
  const { state, lastState, containerID = '' } = status;
  const last = lastState.terminated?.containerID;
  if (previous) {
    if (!last) throw badRequest(`previous terminated ${which} not found`);
    return idOf(last);
  }
  if (state.running !== undefined) return idOf(containerID);
  const ended = state.terminated?.containerID || last;
  if (ended) return idOf(ended);
  if (state.terminated !== undefined || lastState.terminated !== undefined) throw badRequest(`${which} is terminated`);
  if (state.waiting === undefined) throw badRequest(`${which} is waiting to start - no logs yet`);
  throw badRequest(`${which} is waiting to start: ${WAITING[state.waiting.reason] ?? state.waiting.reason}`);
}

const WAITING: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

/**
 * The engine's id of a container that runs.
 *
 * @throws StreamRefusal as the kubelet where it does not
 */
export function runningContainerId(pod: KubeObject, container: string): string {
  const status = statusOf(pod, container);
  if (status?.state?.running === undefined || !status.containerID) {
    throw new KubeletRefusal(500, 'Internal Server Error', `container not found ("${container}")`);
  }
  return idOf(status.containerID);
}

function statusOf(pod: KubeObject, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod['status'] ?? {};
  const statuses: ContainerStatus[] = [...containerStatuses, ...initContainerStatuses];
  return statuses.find(({ name }) => name === container);
}

function idOf(containerID: string): string {
  return containerID.startsWith(PREFIX) ? containerID.slice(PREFIX.length) : containerID;
}
