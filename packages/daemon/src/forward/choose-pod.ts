import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { type ContainerSpec, podTemplateOf } from '../deploy/workload-images.ts';
import { type ExpectedImages, runsExpected, runsImage } from '../rollout/expected-images.ts';
import { isReady } from '../rollout/pod-diagnosis.ts';
import { isProbed } from '../rollout/unproven.ts';
import { hasEnded, isTerminating } from '../rollout/workload-status.ts';

/** A pod that a forward may lead to. */
export interface PodCandidate {
  readonly pod: KubernetesObject;
  /** What its containers are to run in the end; empty where nothing of it is built here. */
  readonly expected: ExpectedImages;
  /** Uids of pods whose containers are about to be exchanged, whatever their objects tell so far. */
  readonly leaving?: ReadonlySet<string> | undefined;
  /** Uids of those of them in which an old container has ended. */
  readonly ended?: ReadonlySet<string> | undefined;
  /** Uids of pods whose new containers have started, whatever the kubelet has told so far. */
  readonly started?: ReadonlySet<string> | undefined;
  /** The port in the pod, as a number or as the containers name it. */
  readonly port: number | string;
}

/** A pod, and the number of its port. */
export interface ChosenPod {
  readonly pod: KubernetesObject;
  readonly port: number;
}

/** What is known of a connection that looks for its pod. */
export interface AboutConnection {
  /** By uid, pods in which nothing took the last connection, so that any other comes first. */
  readonly refusing?: Pick<ReadonlySet<string>, 'has'>;
  /** Whether it may be lost with its program, since all that was sent may be sent to the next one again. */
  readonly isRepeatable?: boolean;
}

/**
 * The pod that a new connection goes to, or undefined while none can take it: a ready one with the newest content; while
 * there is none, a ready one with the content before. The younger of two. Pure.
 */
export function choosePod(candidates: readonly PodCandidate[], about: AboutConnection = {}): ChosenPod | undefined {
  const { refusing = new Set(), isRepeatable = false } = about;
  const able = candidates.flatMap((candidate) => {
    const { pod, expected, port } = candidate;
    const isLasting = isAble(candidate);
    if (!isLasting && !(isRepeatable && servesToTheLast(candidate))) return [];
    const number = portNumber(pod, port);
    if (number === undefined) return [];
    const isNewest = runsExpected(pod, expected);
    const hasRefused = refusing.has(pod.metadata.uid ?? '');
    const rank = (isLasting ? 8 : 0) + (hasRefused ? 0 : 4) + (declares(pod, number) ? 2 : 0) + (isNewest ? 1 : 0);
    return [{ pod, port: number, rank }];
  });
  const [best] = able.toSorted((a, b) => b.rank - a.rank || (createdAt(a.pod) < createdAt(b.pod) ? 1 : -1));
  return best && { pod: best.pod, port: best.port };
}

/**
 * Whether a pod can take a connection, as far as is known. Of one whose containers are being exchanged the kubelet's word
 * is of the past, for up to a second after they have started; without a probe starting is all there is to know.
 */
function isAble({ pod, expected, leaving, started }: PodCandidate): boolean {
  if (isTerminating(pod)) return false;
  const isLeaving = leaving?.has(pod.metadata.uid ?? '') === true && !runsExpected(pod, expected);
  if (!isLeaving && !isBeingExchanged(pod, expected)) return isReady(pod);
  return !mainContainers(pod).some(isProbed) && started?.has(pod.metadata.uid ?? '') === true;
}

/** Whether a pod is about to have its containers exchanged and the old ones still serve. */
function servesToTheLast({ pod, leaving, ended }: PodCandidate): boolean {
  const { uid = '' } = pod.metadata;
  return leaving?.has(uid) === true && ended?.has(uid) !== true && !isTerminating(pod) && isReady(pod);
}

/** Whether a pod, or its containers, are being replaced; also of one that is gone. Pure. */
export function isGoing(candidates: readonly PodCandidate[], uid: string): boolean {
  const candidate = candidates.find(({ pod }) => pod.metadata.uid === uid);
  if (candidate === undefined) return true;
  const { pod, expected, leaving } = candidate;
  const isLeaving = leaving?.has(uid) === true && !runsExpected(pod, expected);
  return isTerminating(pod) || isLeaving || isBeingExchanged(pod, expected);
}

/** Pods of a node that take no connections yet, or for a moment not, so that their node can be reached ahead. Pure. */
export function comingPods(candidates: readonly PodCandidate[]): KubernetesObject[] {
  return candidates
    .filter((candidate) => !isTerminating(candidate.pod) && !hasEnded(candidate.pod) && !isAble(candidate))
    .map(({ pod }) => pod)
    .filter((pod) => pod['spec']?.nodeName !== undefined);
}

/**
 * Whether a container is about to be ended, or has been, so that one of another image takes its place. The kubelet calls
 * the pod ready until it has noticed the end itself.
 */
export function isBeingExchanged(pod: KubernetesObject, expected: ExpectedImages): boolean {
  const statuses: { name: string; image: string; imageID?: string }[] = pod['status']?.containerStatuses ?? [];
  return mainContainers(pod).some(({ name, image }) => {
    const content = expected.get(name, image);
    if (content === undefined || content.reference !== image) return false;
    const status = statuses.find((candidate) => candidate.name === name);
    return status !== undefined && !runsImage(status, content);
  });
}

/** A port's number, which containers may give a name; undefined where none of them does. */
function portNumber(pod: KubernetesObject, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return containerPorts(pod).find(({ name }) => name === port)?.containerPort;
}

function declares(pod: KubernetesObject, port: number): boolean {
  return containerPorts(pod).some(({ containerPort }) => containerPort === port);
}

interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** The TCP ports that an object's containers declare. */
export function containerPorts(object: KubernetesObject): ContainerPort[] {
  return mainContainers(object)
    .flatMap((container): ContainerPort[] => container['ports'] ?? [])
    .filter(({ protocol }) => protocol === undefined || protocol === 'TCP');
}

function mainContainers(object: KubernetesObject): ContainerSpec[] {
  return podTemplateOf(object)?.containers ?? [];
}

function createdAt(pod: KubernetesObject): string {
  return String(pod.metadata.creationTimestamp ?? '');
}
