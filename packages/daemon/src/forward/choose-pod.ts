import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { type ContainerSpec, podTemplateOf } from '../deploy/workload-images.ts';
import { asksForExpected, type ExpectedImages, runsExpected, runsImage } from '../rollout/expected-images.ts';
import { isReady } from '../rollout/pod-diagnosis.ts';
import { isProbed } from '../rollout/unproven.ts';
import { hasEnded, isTerminating } from '../rollout/workload-status.ts';
import { hasFailed, isMade, isOfOneContainer, isUntold, restartsOf } from './untold-pod.ts';

/** A pod that a forward may lead to. */
export interface PodCandidate {
  readonly pod: KubernetesObject;
  /** What its containers are to run in the end; empty where nothing of it is built here. */
  readonly expected: ExpectedImages;
  /** Uids of pods whose containers are about to be exchanged, whatever their objects tell so far. */
  readonly leaving?: ReadonlySet<string> | undefined;
  /** Uids of those of them in which an old container has ended. */
  readonly ended?: ReadonlySet<string> | undefined;
  /** Uids of pods whose new containers have started by the engine's word, whatever the kubelet has told so far. */
  readonly started?: ReadonlySet<string> | undefined;
  /** Uids of the pods of the content before, until the new content is live. */
  readonly older?: ReadonlySet<string> | undefined;
  /** The port in the pod, as a number or as the containers name it. */
  readonly port: number | string;
}

/** A pod, and the number of its port. */
export interface ChosenPod {
  readonly pod: KubernetesObject;
  readonly port: number;
  /** Names the pod with what runs in it, so that it is another after a swap. */
  readonly content: string;
  /** Whether it serves for a newer one that is not known to take connections yet. */
  readonly isOlder: boolean;
  /** Whether it is that newer one. */
  readonly isUnproven: boolean;
}

/** What is known of a connection that looks for its pod. */
export interface AboutConnection {
  /** By uid, pods in which nothing took the last connection, so that any other comes first. */
  readonly refusing?: Pick<ReadonlySet<string>, 'has'>;
  /** Whether it may be lost with its program, since all that was sent may be sent to the next one again. */
  readonly isRepeatable?: boolean;
  /** {@link ChosenPod.content} of pods that have taken a connection. */
  readonly proven?: Pick<ReadonlySet<string>, 'has'>;
}

/** A pod of newer content, to see whether it takes connections. */
export interface UnprovenPod extends ChosenPod {
  /** Whether its containers are known to have been started; else they may have been. */
  readonly hasStarted: boolean;
}

/** How much a pod is to be preferred to others. */
const REFUSING = 1;
const UNPROVEN = 2;
const TO_THE_LAST = 3;
const LASTING = 4;

/**
 * The pod that a new connection goes to, or undefined while none can take it: a ready one with the newest content; while
 * there is none, one with the content before. Kubernetes calls ready what has only been started, and does so late: until the
 * new content is live, the content before serves, too, while nothing has shown that the newest one takes connections;
 * afterwards never, unless that has failed. Once it has shown it, its kubelet's word is not waited for. The younger of two. Pure.
 */
export function choosePod(candidates: readonly PodCandidate[], about: AboutConnection = {}): ChosenPod | undefined {
  const { refusing = new Set(), isRepeatable = false, proven = new Set() } = about;
  const hasServed = candidates.some(
    (candidate) => stays(candidate) && isNew(candidate) && isProven(candidate, proven) && !runsNoMore(candidate),
  );
  const able = candidates.flatMap((candidate) => {
    const { pod } = candidate;
    const isLasting = isAble(candidate) || (mayRun(candidate) && isProven(candidate, proven));
    if (!isLasting && !(isRepeatable && servesToTheLast(candidate))) return [];
    const isOlder = isOfBefore(candidate);
    if (isOlder && hasServed) return [];
    const isUnproven = isNew(candidate) && !isProven(candidate, proven);
    const chosen = chosenPod(candidate, { isOlder, isUnproven });
    if (chosen === undefined) return [];
    const able = isLasting ? (isUnproven ? UNPROVEN : LASTING) : TO_THE_LAST;
    const standing = refusing.has(pod.metadata.uid ?? '') ? REFUSING : able;
    const rank = standing * 4 + (declares(pod, chosen.port) ? 2 : 0) + (runsNewest(candidate) ? 1 : 0);
    return [{ chosen, rank }];
  });
  return youngestOfBest(able);
}

/**
 * The pod of the newest content that is ready, or may run already without its kubelet having told so, and of which nothing
 * has shown yet that it takes connections. Pure.
 */
export function unprovenPod(
  candidates: readonly PodCandidate[],
  proven: Pick<ReadonlySet<string>, 'has'>,
): UnprovenPod | undefined {
  const unproven = candidates.filter(
    (candidate) => (isAble(candidate) || mayRun(candidate)) && isNew(candidate) && !isProven(candidate, proven),
  );
  const chosen = youngestOfBest(
    unproven.map((candidate) => {
      const standing = { isOlder: false, isUnproven: true };
      return { chosen: chosenPod(candidate, standing), rank: hasStarted(candidate) ? 1 : 0 };
    }),
  );
  const candidate = unproven.find(({ pod }) => pod === chosen?.pod);
  return chosen && candidate && { ...chosen, hasStarted: hasStarted(candidate) };
}

function youngestOfBest(
  ranked: readonly { readonly chosen: ChosenPod | undefined; readonly rank: number }[],
): ChosenPod | undefined {
  const able = ranked.flatMap(({ chosen, rank }) => (chosen === undefined ? [] : [{ chosen, rank }]));
  const [best] = able.toSorted(
    (a, b) => b.rank - a.rank || (createdAt(a.chosen.pod) < createdAt(b.chosen.pod) ? 1 : -1),
  );
  return best?.chosen;
}

function chosenPod(
  candidate: PodCandidate,
  standing: Pick<ChosenPod, 'isOlder' | 'isUnproven'>,
): ChosenPod | undefined {
  const { pod } = candidate;
  const port = portNumber(pod, candidate.port);
  return port === undefined ? undefined : { pod, port, content: contentOf(candidate), ...standing };
}

/**
 * {@link ChosenPod.content} of a candidate, the same before and after its kubelet has told of it, and when content that is
 * newer still is on its way. Pure.
 */
export function contentOf(candidate: PodCandidate): string {
  const { pod, expected, older } = candidate;
  const { uid = '' } = pod.metadata;
  const runsAsAsked = !asksForExpected(pod, expected) || runsNewest(candidate);
  const images = runsAsAsked ? mainContainers(pod).map(({ image }) => image) : ['before'];
  // One that is started again has shown nothing; where containers are exchanged, that is counted as a restart as well.
  const restarts = older?.has(uid) ? 0 : restartsOf(pod);
  return [uid, ...images, ...(restarts > 0 ? [restarts] : [])].join(' ');
}

function isProven(candidate: PodCandidate, proven: Pick<ReadonlySet<string>, 'has'>): boolean {
  return proven.has(contentOf(candidate));
}

/** Whether it runs the newest content, by the engine's word where the kubelet's is late. */
function runsNewest({ pod, expected, started }: PodCandidate): boolean {
  const hasStarted = started?.has(pod.metadata.uid ?? '') === true || isUntold(pod);
  return (hasStarted && asksForExpected(pod, expected)) || runsExpected(pod, expected);
}

/** Whether it runs content that takes the place of another, which still may serve. */
function isNew(candidate: PodCandidate): boolean {
  return (candidate.older?.size ?? 0) > 0 && runsNewest(candidate);
}

function isOfBefore(candidate: PodCandidate): boolean {
  return candidate.older?.has(candidate.pod.metadata.uid ?? '') === true && !runsNewest(candidate);
}

function stays({ pod }: PodCandidate): boolean {
  return !isTerminating(pod) && !hasEnded(pod);
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

/**
 * Whether a new pod's program may run, though its kubelet has not said so: the engine has told that all its containers have
 * been started; or nobody has told anything, and what takes connections in it can only be the one container that it has.
 */
function mayRun(candidate: PodCandidate): boolean {
  const { pod, leaving } = candidate;
  if (!stays(candidate) || leaving?.has(pod.metadata.uid ?? '') === true) return false;
  if (pod['spec']?.nodeName === undefined || !isUntold(pod)) return false;
  return hasStarted(candidate) || isOfOneContainer(pod);
}

/** Whether a pod's containers have been started, by the engine's word or the kubelet's. */
function hasStarted({ pod, started }: PodCandidate): boolean {
  return started?.has(pod.metadata.uid ?? '') === true || !isUntold(pod);
}

/** Whether a new pod's program has ended by itself, so that what it has shown is of the past. */
function runsNoMore({ pod, older }: PodCandidate): boolean {
  return older?.has(pod.metadata.uid ?? '') !== true && hasFailed(pod);
}

/** Whether a pod is being ended, or is about to have its containers exchanged, and the old ones still serve. */
function servesToTheLast(candidate: PodCandidate): boolean {
  const { pod, leaving } = candidate;
  const { uid = '' } = pod.metadata;
  const isLeaving = isTerminating(pod) ? isOfBefore(candidate) : leaving?.has(uid) === true;
  return isLeaving && !hasProgramEnded([candidate], uid) && isReady(pod);
}

/** Whether a program of a pod that is being replaced, or whose containers are, has ended for the next one. Pure. */
export function hasProgramEnded(candidates: readonly PodCandidate[], uid: string): boolean {
  return candidates.some(
    ({ pod, leaving, ended }) =>
      pod.metadata.uid === uid && ended?.has(uid) === true && (isTerminating(pod) || leaving?.has(uid) === true),
  );
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
    .filter((candidate) => stays(candidate) && !isAble(candidate))
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
    return status !== undefined && isMade(status) && !runsImage(status, content);
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
