import { apiGroupOf } from '../deploy/custom-kind.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import { type CustomHealth, customHealth } from './custom-health.ts';
import { asksForExpected, type ExpectedImages, runsExpected } from './expected-images.ts';
import { type Diagnosis, diagnosePod, isReady } from './pod-diagnosis.ts';

/** The live objects that a workload's status is read from; `ClusterView` is one. */
export interface LiveObjects {
  get(kind: TrackedKind, namespace: string, name: string): KubernetesObject | undefined;
  ownedBy(kind: TrackedKind, namespace: string, uid: string): KubernetesObject[];
  eventsOf(namespace: string, uid: string): KubernetesObject[];
  /** A custom resource, undefined where there is none; undefined altogether where its kind is not followed. */
  custom(
    collection: { readonly apiVersion: string; readonly kind: string; readonly namespace: string },
    name: string,
  ): { readonly object: KubernetesObject | undefined } | undefined;
}

export const TRACKED_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'] as const;
export type TrackedKind = (typeof TRACKED_KINDS)[number];

/** Whether an object is a workload of Kubernetes' own, whose status is known to say when it serves. */
export function isTracked(object: KubernetesObject): boolean {
  return (TRACKED_KINDS as readonly string[]).includes(object.kind) && !apiGroupOf(object).includes('.');
}

/** A workload that was applied, and what it has to run. */
export type Workload = BuiltInWorkload | CustomWorkload;

export interface BuiltInWorkload extends AnyWorkload {
  readonly kind: TrackedKind;
  readonly resource?: undefined;
  /** Of a Job: it has ended well, so that nobody misses it when it is gone. */
  readonly completed?: boolean;
}

/** A custom resource: some controller may make workloads or pods of it, which are its own. */
export interface CustomWorkload extends AnyWorkload {
  readonly kind: string;
  readonly resource: {
    readonly apiVersion: string;
    readonly uid: string;
    /** `wanted`: it is live only with pods. `none`: it is as soon as it was applied, whatever is made of it. */
    readonly pods: 'wanted' | 'if-any' | 'none';
  };
}

interface AnyWorkload {
  readonly namespace: string;
  readonly name: string;
  /** metadata.generation that was applied; a status that has not observed it is of the past. */
  readonly generation: number;
  readonly expected: ExpectedImages;
  /** In a swap: uids of pods whose containers are about to be ended, which their objects tell only once it is too late. */
  readonly leaving?: ReadonlySet<string>;
  /** Uids of pods in which an old container has ended, which the kubelet tells up to a second later. */
  readonly ended?: ReadonlySet<string>;
  /** Uids of pods whose new containers the engine has started, which the kubelet tells up to a second later. */
  readonly started?: ReadonlySet<string>;
  /** Uids of the pods of the content before, which may answer until the new content is live; none from then on. */
  readonly older?: ReadonlySet<string>;
}

export interface WorkloadStatus {
  /** Everything that should serve does, with the content expected, and nothing else does. */
  readonly done: boolean;
  readonly ready: number;
  readonly wanted: number;
  /** For the user: `ready 1/2`. */
  readonly detail: string;
  /** Pods that belong to it, the terminating ones left out. */
  readonly pods: readonly KubernetesObject[];
  /** Those of them that run, or are to run, the newest content. */
  readonly newest: readonly KubernetesObject[];
  /** Pods of older content that are being ended and may still answer. */
  readonly leaving: readonly KubernetesObject[];
  /** Set when something is wrong, fatal or not. */
  readonly diagnosis: Diagnosis | undefined;
  /** The pod that the diagnosis is about. */
  readonly culprit: KubernetesObject | undefined;
}

const NOTHING = { wanted: 0, pods: [] };

/** Where a workload is on its way to the applied content. Pure; reads only what the API server has told. */
export function workloadStatus(workload: Workload, live: LiveObjects): WorkloadStatus {
  if (workload.resource !== undefined) return customStatus(workload, live);
  const object = live.get(workload.kind, workload.namespace, workload.name);
  if (object === undefined && workload.completed) return { ...waiting('completed'), done: true };
  if (object === undefined) return waiting(`waiting for ${workload.kind} ${workload.name}`);
  const generation = object.metadata.generation ?? 0;
  const observed = object['status']?.observedGeneration ?? 0;
  switch (workload.kind) {
    case 'Pod':
      return podWorkload(workload, object, live);
    case 'Job':
      return jobStatus(workload, object, live);
    case 'Deployment': {
      const sets = live.ownedBy('ReplicaSet', workload.namespace, object.metadata.uid ?? '');
      const podsOf = (set: KubernetesObject) => live.ownedBy('Pod', workload.namespace, set.metadata.uid ?? '');
      const wanted = object['spec']?.replicas ?? 1;
      const newest = newestReplicaSet(sets);
      if (
        generation < workload.generation ||
        observed < generation ||
        // Watches of different kinds are not in step: the set of the newest template may not be known yet.
        newest === undefined ||
        revisionOf(newest) < revisionOf(object)
      ) {
        return waiting('waiting for the controller', { wanted, pods: sets.flatMap(podsOf) });
      }
      return replicated(workload, live, {
        wanted,
        newest: podsOf(newest),
        older: sets.filter((set) => set !== newest).flatMap(podsOf),
        refusal: refusalOf(object),
      });
    }
    case 'ReplicaSet':
      return replicated(workload, live, {
        wanted: object['spec']?.replicas ?? 1,
        newest: live.ownedBy('Pod', workload.namespace, object.metadata.uid ?? ''),
        older: [],
        refusal: refusalOf(object),
      });
    case 'StatefulSet':
    case 'DaemonSet': {
      const pods = live.ownedBy('Pod', workload.namespace, object.metadata.uid ?? '');
      const wanted =
        workload.kind === 'StatefulSet'
          ? (object['spec']?.replicas ?? 1)
          : (object['status']?.desiredNumberScheduled ?? 0);
      if (generation < workload.generation || observed < generation) {
        return waiting('waiting for the controller', { wanted, pods });
      }
      const isNewest = (pod: KubernetesObject) => hasTemplateOf(object, pod) && runsExpectedSpec(pod, object);
      return replicated(workload, live, {
        wanted,
        newest: pods.filter(isNewest),
        older: pods.filter((pod) => !isNewest(pod)),
        refusal: undefined,
      });
    }
  }
}

/** The ReplicaSet that the Deployment controller counts as the current one. */
export function newestReplicaSet(sets: readonly KubernetesObject[]): KubernetesObject | undefined {
  return sets.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0];
}

/** The revision that the Deployment controller writes on a Deployment and on its ReplicaSets; 0 without one. */
function revisionOf(object: KubernetesObject): number {
  return Number(object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}

export function isTerminating(pod: KubernetesObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether all of a pod's containers have ended for good; its controller counts it no more. */
export function hasEnded(pod: KubernetesObject): boolean {
  return pod['status']?.phase === 'Succeeded' || pod['status']?.phase === 'Failed';
}

/** What the cluster has of a workload: the object itself, or what was made of a custom resource. */
export function liveObjectsOf(workload: Workload, live: Pick<LiveObjects, 'get' | 'ownedBy'>): KubernetesObject[] {
  const { namespace, name } = workload;
  if (workload.resource !== undefined) return ownedWorkloads(workload.resource.uid, namespace, live);
  const object = live.get(workload.kind, namespace, name);
  return object === undefined ? [] : [object];
}

/** The workloads and pods that name an object as their owner. */
export function ownedWorkloads(uid: string, namespace: string, live: Pick<LiveObjects, 'ownedBy'>): KubernetesObject[] {
  return TRACKED_KINDS.flatMap((kind) => live.ownedBy(kind, namespace, uid).map((object) => ({ ...object, kind })));
}

/** What a custom resource's own status says; `gone` where it is not there any more, undefined where nothing is known. */
export function healthOf(
  { kind, namespace, name, generation, resource }: CustomWorkload,
  live: Pick<LiveObjects, 'custom'>,
): CustomHealth | 'gone' | undefined {
  if (resource.pods === 'none') return undefined;
  const followed = live.custom({ apiVersion: resource.apiVersion, kind, namespace }, name);
  if (followed === undefined) return undefined;
  return followed.object?.metadata.uid === resource.uid ? customHealth(followed.object, generation) : 'gone';
}

/** A custom resource is as its own status says, where it says something, and as what was made of it is. */
function customStatus(workload: CustomWorkload, live: LiveObjects): WorkloadStatus {
  const { kind, name, namespace } = workload;
  const health = healthOf(workload, live);
  if (health === 'gone') return waiting(`waiting for ${kind} ${name}`);
  const made = madeOf(workload, live);
  if (health === undefined || health.is === 'well') return made;
  const diagnosis: Diagnosis = {
    code: 'resource-not-ready',
    message: `${kind} ${name} is not ready: ${health.why}.`,
    remedy: `See what its controller says: kubectl describe ${kind.toLowerCase()} ${name} -n ${namespace}`,
    fatal: health.is === 'stalled',
    container: undefined,
    previous: false,
  };
  return { ...made, done: false, diagnosis: made.diagnosis ?? diagnosis };
}

/** What was made of a custom resource counts as one: what asks for the images of the present, and what is left before. */
function madeOf(workload: CustomWorkload, live: LiveObjects): WorkloadStatus {
  const { resource, namespace, expected, kind, name } = workload;
  const owned = resource.pods === 'none' ? [] : ownedWorkloads(resource.uid, namespace, live);
  if (owned.length === 0) {
    return resource.pods === 'wanted'
      ? waiting(`waiting for pods of ${kind} ${name}`)
      : { ...waiting('applied'), done: true };
  }
  const parts = owned.map((object) => {
    const of: BuiltInWorkload = {
      kind: object.kind as TrackedKind,
      namespace,
      name: object.metadata.name,
      generation: 0,
      expected,
    };
    const isNewest = asksForExpected({ ...object, spec: podTemplateOf(object) }, expected);
    return { isNewest, status: workloadStatus(of, live) };
  });
  const newest = parts.filter(({ isNewest }) => isNewest).map(({ status }) => status);
  const older = parts.filter(({ isNewest }) => !isNewest).map(({ status }) => status);
  const olderPods = older.flatMap(({ pods }) => pods).filter((pod) => !isTerminating(pod) && !hasEnded(pod));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const ready = sum(newest.map((status) => status.ready));
  const wanted = sum((newest.length > 0 ? newest : older).map((status) => status.wanted));
  const isServing = newest.length > 0 && newest.every(({ done }) => done);
  const wrong =
    newest.find(({ diagnosis }) => diagnosis?.fatal) ?? newest.find(({ diagnosis }) => diagnosis !== undefined);
  const done = isServing && olderPods.length === 0;
  const progress = isServing && !done ? 'ending the old pods' : `ready ${ready}/${wanted}`;
  return {
    done,
    ready,
    wanted,
    detail: newest.length === 0 ? 'waiting for its controller' : progress,
    pods: [...newest.flatMap(({ pods }) => pods), ...olderPods],
    newest: newest.flatMap((status) => status.newest),
    leaving: [...newest, ...older].flatMap(({ leaving }) => leaving),
    diagnosis: wrong?.diagnosis,
    culprit: wrong?.culprit,
  };
}

interface Replicas {
  readonly wanted: number;
  readonly newest: readonly KubernetesObject[];
  readonly older: readonly KubernetesObject[];
  readonly refusal: Diagnosis | undefined;
}

function replicated(workload: Workload, live: LiveObjects, replicas: Replicas): WorkloadStatus {
  const isActive = (pod: KubernetesObject) => !isTerminating(pod) && !hasEnded(pod);
  const newest = replicas.newest.filter(isActive);
  const older = replicas.older.filter(isActive);
  const ready = newest.filter((pod) => isReady(pod) && runsExpected(pod, workload.expected)).length;
  const { wanted } = replicas;
  // Pods that ended (evicted, shut down with the node) stay listed after others have taken their place.
  const ended = newest.length < wanted ? replicas.newest.filter((pod) => hasEnded(pod) && !isTerminating(pod)) : [];
  const { diagnosis, culprit } = firstDiagnosis([...newest, ...ended], workload, live);
  const done = ready === wanted && newest.length === wanted && older.length === 0;
  return {
    done,
    ready,
    wanted,
    detail: older.length > 0 && ready === wanted ? 'ending the old pods' : `ready ${ready}/${wanted}`,
    pods: [...newest, ...older],
    newest,
    leaving: replicas.older.filter((pod) => isTerminating(pod) && !hasEnded(pod)),
    diagnosis: done ? undefined : (diagnosis ?? (newest.length < wanted ? replicas.refusal : undefined)),
    culprit,
  };
}

function podWorkload(workload: Workload, pod: KubernetesObject, live: LiveObjects): WorkloadStatus {
  if (isTerminating(pod)) return waiting('waiting for the old pod to end');
  const succeeded = pod['status']?.phase === 'Succeeded';
  const ready = (succeeded || isReady(pod)) && runsExpected(pod, workload.expected);
  const { diagnosis, culprit } = firstDiagnosis([pod], workload, live);
  return {
    done: ready,
    ready: ready ? 1 : 0,
    wanted: 1,
    detail: succeeded ? 'completed' : `ready ${ready ? 1 : 0}/1`,
    pods: [pod],
    newest: [pod],
    leaving: [],
    diagnosis: ready ? undefined : diagnosis,
    culprit,
  };
}

function jobStatus(workload: Workload, job: KubernetesObject, live: LiveObjects): WorkloadStatus {
  const pods = live.ownedBy('Pod', workload.namespace, job.metadata.uid ?? '').filter((pod) => !isTerminating(pod));
  const conditions: { type: string; status: string; message?: string }[] = job['status']?.conditions ?? [];
  const has = (type: string) => conditions.find((condition) => condition.type === type && condition.status === 'True');
  const wanted = job['spec']?.completions ?? 1;
  const succeeded = job['status']?.succeeded ?? 0;
  const failed = has('Failed');
  const { diagnosis, culprit } = firstDiagnosis(pods, workload, live);
  return {
    done: has('Complete') !== undefined,
    ready: succeeded,
    wanted,
    detail: `completed ${succeeded}/${wanted}`,
    pods,
    newest: pods,
    leaving: [],
    // A Job starts its pod anew by itself; only its own verdict ends it.
    diagnosis:
      failed !== undefined
        ? {
            ...(diagnosis ?? {
              code: 'job-failed',
              remedy: 'Mend the program and save.',
              container: undefined,
              previous: false,
            }),
            message: diagnosis?.message ?? `The Job ${workload.name} failed: ${failed.message ?? 'no reason given'}`,
            fatal: true,
          }
        : diagnosis && { ...diagnosis, fatal: diagnosis.fatal && diagnosis.code !== 'crash-loop' },
    culprit,
  };
}

/** A fatal diagnosis before one that may pass. */
function firstDiagnosis(
  pods: readonly KubernetesObject[],
  { expected }: Workload,
  live: LiveObjects,
): { diagnosis: Diagnosis | undefined; culprit: KubernetesObject | undefined } {
  let first: { diagnosis: Diagnosis; culprit: KubernetesObject } | undefined;
  for (const pod of pods) {
    const diagnosis = diagnosePod(pod, live.eventsOf(pod.metadata.namespace ?? '', pod.metadata.uid ?? ''), expected);
    if (diagnosis?.fatal) return { diagnosis, culprit: pod };
    if (diagnosis !== undefined) first ??= { diagnosis, culprit: pod };
  }
  return first ?? { diagnosis: undefined, culprit: undefined };
}

/** What keeps a controller from making pods: a quota, an admission webhook, a missing service account. */
function refusalOf(object: KubernetesObject): Diagnosis | undefined {
  const conditions: { type: string; status: string; message?: string }[] = object['status']?.conditions ?? [];
  const failure = conditions.find((condition) => condition.type === 'ReplicaFailure' && condition.status === 'True');
  if (failure === undefined) return undefined;
  return {
    code: 'pods-refused',
    message: `The cluster refuses pods of ${object.metadata.name}: ${failure.message ?? 'no reason given'}`,
    remedy: 'Change the manifest or the quota, policy or account that the message names.',
    fatal: true,
    container: undefined,
    previous: false,
  };
}

/** Whether a pod carries the mark of its owner's present template; true where the owner tells of none. */
function hasTemplateOf(owner: KubernetesObject, pod: KubernetesObject): boolean {
  const labels = pod.metadata.labels ?? {};
  const revision: string | undefined = owner['status']?.updateRevision; // StatefulSet
  if (revision !== undefined) return labels['controller-revision-hash'] === revision;
  const generation = owner.metadata.annotations?.['deprecated.daemonset.template.generation'];
  return generation === undefined || labels['pod-template-generation'] === generation;
}

/** Whether a pod was made from the template that its owner has now, as far as images tell. */
function runsExpectedSpec(pod: KubernetesObject, owner: KubernetesObject): boolean {
  const images = (spec: { containers?: { name: string; image: string }[] } | undefined) =>
    (spec?.containers ?? []).map(({ name, image }) => `${name}=${image}`).join();
  return images(pod['spec']) === images(owner['spec']?.template?.spec);
}

/** Not to be told yet; what there is meanwhile is shown all the same. */
function waiting(
  detail: string,
  there: { wanted: number; pods: readonly KubernetesObject[] } = NOTHING,
): WorkloadStatus {
  return {
    done: false,
    ready: 0,
    wanted: there.wanted,
    detail,
    pods: there.pods.filter((pod) => !isTerminating(pod) && !hasEnded(pod)),
    newest: [],
    leaving: [],
    diagnosis: undefined,
    culprit: undefined,
  };
}
