import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { ImageEngine } from '../build/image-engine.ts';
import type { ClusterObjects } from '../deploy/cluster-objects.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { type ContainerSpec, containersOf, podTemplateOf } from '../deploy/workload-images.ts';
import type { TaskSet } from '../support/task-set.ts';
import { hasEnded, isTerminating, type LiveObjects, newestReplicaSet } from './workload-status.ts';

/** Longer than any container may take to end, so that a supervision that saw nothing does not stay for ever. */
const SUPERVISION_MS = 60_000;

/** A swap that is possible now. */
export interface SwapPlan {
  readonly previous: KubernetesObject;
  /** As it is to be, with the images of the new content. */
  readonly next: KubernetesObject;
  /** Undefined for a bare Pod. */
  readonly replicaSet: KubernetesObject | undefined;
  readonly pods: readonly KubernetesObject[];
}

export interface SwapOptions {
  readonly objects: ClusterObjects;
  readonly engine: ImageEngine;
  readonly killAfterMs: number | false;
  /** Waits until a pod runs its new content; only asked where there are several. */
  readonly podReady: (pod: KubernetesObject) => Promise<void>;
  /** Told once with the instant at which the first new container started. */
  readonly onStarted: (at: number) => void;
  /** Told of each pod before its containers are exchanged; of the first as early as can be. @param uid of the pod */
  readonly onPodLeaving: (uid: string) => void;
  /** Told of each pod when the first of its old containers has ended. @param uid of the pod */
  readonly onPodEnded: (uid: string) => void;
  /** Told of each pod all whose new containers have started. @param uid of the pod */
  readonly onPodStarted: (uid: string) => void;
  /** Owns the supervision of the containers, which goes on after the swap has been applied. */
  readonly tasks: TaskSet;
  /** Ends waiting for pods; what has been begun is brought to an end all the same. */
  readonly superseded: AbortSignal;
  readonly signal: AbortSignal;
}

/**
 * Whether the cluster's picture of a workload is of what was applied last, so that {@link planSwap} sees what is. A
 * workload that does not exist has no picture to wait for.
 *
 * @param generation metadata.generation of what was applied last
 */
export function isObserved(object: KubernetesObject, generation: number, live: LiveObjects): boolean {
  if (object.kind !== 'Deployment') return true;
  const deployment = live.get('Deployment', object.metadata.namespace ?? '', object.metadata.name);
  if (deployment === undefined) return true;
  const seen = deployment.metadata.generation ?? 0;
  return seen >= generation && (deployment['status']?.observedGeneration ?? 0) >= seen;
}

/**
 * Whether a workload can be swapped now: a bare Pod, or a Deployment whose newest ReplicaSet has all its pods and
 * whose older ones have none. Everything else has to roll. Pure.
 */
export function planSwap(previous: KubernetesObject, next: KubernetesObject, live: LiveObjects): SwapPlan | undefined {
  const { namespace = '', name } = next.metadata;
  if (!sameInitImages(previous, next)) return undefined;
  if (next.kind === 'Pod') {
    const pod = live.get('Pod', namespace, name);
    return pod === undefined || isTerminating(pod) || hasEnded(pod)
      ? undefined
      : { previous, next, replicaSet: undefined, pods: [pod] };
  }
  if (next.kind !== 'Deployment') return undefined;
  const deployment = live.get('Deployment', namespace, name);
  if (deployment === undefined || deployment['spec']?.paused === true) return undefined;
  if ((deployment['status']?.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)) return undefined;
  const sets = live.ownedBy('ReplicaSet', namespace, deployment.metadata.uid ?? '');
  const replicaSet = newestReplicaSet(sets);
  if (replicaSet === undefined || !sameImages(replicaSet, deployment)) return undefined;
  const podsOf = (set: KubernetesObject) =>
    live.ownedBy('Pod', namespace, set.metadata.uid ?? '').filter((pod) => !isTerminating(pod) && !hasEnded(pod));
  const pods = podsOf(replicaSet);
  const wanted = deployment['spec']?.replicas ?? 1;
  const settled = pods.length === wanted && wanted > 0;
  const olderPods = sets.filter((set) => set !== replicaSet).flatMap(podsOf);
  return settled && olderPods.length === 0 ? { previous, next, replicaSet, pods } : undefined;
}

/**
 * Replaces images inside running pods: pause the Deployment, write the images into its ReplicaSet's template, into
 * the pods, then into the Deployment's own template while unpausing it. In this order no controller ever sees a
 * reason to make pods, and what is in the cluster is true at the end: the Deployment and its ReplicaSet agree.
 *
 * Once begun, it is brought to an end: a half-swapped Deployment would stay paused.
 *
 * @returns the Deployment's metadata.generation; 0 for a bare Pod
 */
export async function swap(plan: SwapPlan, options: SwapOptions): Promise<number> {
  const { objects, signal } = options;
  const { namespace = '' } = plan.next.metadata;
  const images = changedImages(plan.previous, plan.next);
  // What was sent to it by then has the time of the two requests below to be answered.
  options.onPodLeaving(plan.pods[0]?.metadata.uid ?? '');
  const supervised = plan.pods.map((pod) => supervise(pod, images, options));
  const isDeployment = plan.replicaSet !== undefined;
  if (isDeployment) {
    await objects.apply({ ...plan.previous, spec: { ...plan.previous['spec'], paused: true } }, signal);
  }
  try {
    if (plan.replicaSet !== undefined) {
      const set = {
        kind: 'ReplicaSet',
        apiVersion: 'apps/v1',
        namespace,
        name: plan.replicaSet.metadata.name,
      } as const;
      await objects.patchImages(set, images, signal);
    }
    for (const [index, pod] of plan.pods.entries()) {
      await supervised[index];
      options.onPodLeaving(pod.metadata.uid ?? '');
      const target = { kind: 'Pod', apiVersion: 'v1', namespace, name: pod.metadata.name } as const;
      await objects.patchImages(target, images, signal).catch((error: unknown) => {
        if (!isGone(error)) throw error; // its ReplicaSet makes another, from the new template
      });
      const isLast = index === plan.pods.length - 1;
      if (!isLast && !options.superseded.aborted) await readyOrSuperseded(pod, options);
    }
  } finally {
    if (isDeployment) plan = { ...plan, next: (await objects.apply(plan.next, signal)) as KubernetesObject };
  }
  return isDeployment ? (plan.next.metadata.generation ?? 0) : 0;
}

async function readyOrSuperseded(pod: KubernetesObject, options: SwapOptions): Promise<void> {
  try {
    await options.podReady(pod);
  } catch (error) {
    if (!isAborted(error, options.superseded)) throw error;
  }
}

/** Begins to watch the containers of a pod in the engine; resolves when watching has begun. */
async function supervise(
  pod: KubernetesObject,
  images: readonly { readonly name: string }[],
  { engine, killAfterMs, onStarted, onPodEnded, onPodStarted, tasks, signal }: SwapOptions,
): Promise<void> {
  const podUid = pod.metadata.uid ?? '';
  let left = images.length;
  const started = (at: number) => {
    left -= 1;
    onStarted(at);
    if (left === 0) onPodStarted(podUid);
  };
  await Promise.all(
    images.map(
      ({ name }) =>
        new Promise<void>((watching) => {
          // Not tied to the pass: when a newer save supersedes it, the old container still has to be ended in time.
          const watched = AbortSignal.any([signal, AbortSignal.timeout(SUPERVISION_MS)]);
          const listener = { watching, ended: () => onPodEnded(podUid) };
          const supervised = engine.superviseSwap({ podUid, name, killAfterMs }, listener, watched).then(started);
          // Without the engine's events the swap still works; it only takes the grace period.
          tasks.add(supervised.catch(() => undefined).finally(watching));
        }),
    ),
  );
}

/** The containers whose image is another in `next`, init containers left out. */
export function changedImages(
  previous: KubernetesObject,
  next: KubernetesObject,
): { readonly name: string; readonly image: string }[] {
  const before = new Map(mainContainers(previous).map((container) => [container.name, container.image]));
  return mainContainers(next).flatMap(({ name, image }) =>
    image === undefined || before.get(name) === image ? [] : [{ name, image }],
  );
}

function mainContainers(object: KubernetesObject): ContainerSpec[] {
  return podTemplateOf(object)?.containers ?? [];
}

function sameInitImages(a: KubernetesObject, b: KubernetesObject): boolean {
  const images = (object: KubernetesObject) =>
    (podTemplateOf(object)?.initContainers ?? []).map((container) => container.image).join();
  return images(a) === images(b);
}

function sameImages(a: KubernetesObject, b: KubernetesObject): boolean {
  const images = (object: KubernetesObject) =>
    containersOf(object)
      .map((container) => container.image)
      .join();
  return images(a) === images(b);
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 404;
}
