import { EventRecorder, seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { createPod, deletePod, podFromTemplate } from './create-pod.ts';
import { matches } from './label-selector.ts';
import { ObjectQueue } from './object-queue.ts';
import { claimObjects, controllerOf, keyOf, nameOf } from './owned-objects.ts';
import { availableInMs, deletionOrder, isActive, isReady } from './pod-state.ts';

const RESOURCE = 'replicasets.apps';
/** After pods were refused, how long until it is tried again. */
const RETRY_MS = 1000;

/** Keeps as many pods of a template as are wanted: pkg/controller/replicaset. */
export class ReplicaSetController implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue: ObjectQueue;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: 'replicaset-controller' });
    this.#queue = new ObjectQueue(store, RESOURCE, (key) => this.#sync(key));
    this.#queue.listen('pods', (_change, pod, before) => {
      this.#addOwner(pod);
      if (before !== undefined && controllerOf(before)?.uid !== controllerOf(pod)?.uid) this.#addOwner(before);
    });
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  #addOwner(pod: KubeObject): void {
    this.#queue.addOwner(pod, 'ReplicaSet');
    if (controllerOf(pod) !== undefined) return;
    for (const set of this.#store.list(RESOURCE, pod.metadata.namespace)) {
      if (matches(set['spec']?.selector, pod.metadata.labels)) this.#queue.add(keyOf(set));
    }
  }

  #sync(key: string): void {
    const set = this.#store.get(nameOf(RESOURCE, key));
    if (set === undefined) return;
    const claimed = claimObjects(this.#store, 'pods', set, set['spec'].selector).filter(isActive);
    let refusal: StatusError | undefined;
    if (set.metadata.deletionTimestamp === undefined) {
      try {
        this.#scale(set, claimed);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        refusal = error;
        this.#queue.addAfter(key, RETRY_MS);
      }
    }
    this.#writeStatus(key, set, refusal);
  }

  #scale(set: KubeObject, pods: readonly KubeObject[]): void {
    const wanted: number = set['spec'].replicas ?? 1;
    for (let missing = wanted - pods.length; missing > 0; missing--) {
      createPod(this.#store, this.#events, set, podFromTemplate(set));
    }
    if (pods.length <= wanted) return;
    const rank = this.#rankOf(set);
    const doomed = pods.toSorted((a, b) => deletionOrder(a, b, rank)).slice(0, pods.length - wanted);
    for (const pod of doomed) deletePod(this.#store, this.#events, set, pod);
  }

  /** How many pods of all the sets of a set's owner a pod's node has. */
  #rankOf(set: KubeObject): (pod: KubeObject) => number {
    const owner = controllerOf(set)?.uid;
    const siblings = this.#store.list(RESOURCE, set.metadata.namespace).filter((other) => {
      return other === set || (owner !== undefined && controllerOf(other)?.uid === owner);
    });
    const uids = new Set(siblings.map(({ metadata }) => metadata.uid));
    const pods = this.#store.list('pods', set.metadata.namespace).filter((pod) => uids.has(controllerOf(pod)?.uid));
    const perNode = new Map<string, number>();
    for (const { spec } of pods.filter(isActive)) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
    return (pod) => perNode.get(pod['spec'].nodeName) ?? 0;
  }

  #writeStatus(key: string, set: KubeObject, refusal: StatusError | undefined): void {
    const { uid, namespace } = set.metadata;
    const pods = this.#store.list('pods', namespace).filter((pod) => controllerOf(pod)?.uid === uid && isActive(pod));
    const now = Date.now();
    const minReadySeconds = set['spec'].minReadySeconds ?? 0;
    const waits = pods.flatMap((pod) => availableInMs(pod, minReadySeconds, now) ?? []);
    const due = waits.filter((ms) => ms > 0);
    if (due.length > 0) this.#queue.addAfter(key, Math.min(...due));
    const template = set['spec'].template?.metadata?.labels ?? {};
    const readyReplicas = pods.filter(isReady).length;
    const availableReplicas = waits.filter((ms) => ms === 0).length;
    this.#store.modify(
      nameOf(RESOURCE, key),
      (object) => {
        const { conditions: before = [], ...rest } = object['status'] ?? {};
        const { readyReplicas: _ready, availableReplicas: _available, ...others } = rest;
        const conditions = conditionsAfter(before, refusal, now);
        const status = {
          ...others,
          replicas: pods.length,
          fullyLabeledReplicas: pods.filter((pod) => matches({ matchLabels: template }, pod.metadata.labels)).length,
          // counts of none are left out, as Go's omitempty does
          ...(readyReplicas > 0 && { readyReplicas }),
          ...(availableReplicas > 0 && { availableReplicas }),
          observedGeneration: set.metadata.generation,
          ...(conditions.length > 0 && { conditions }),
        };
        return { ...object, status };
      },
      'kube-controller-manager',
    );
  }
}

interface SetCondition {
  readonly type: string;
  readonly message?: string;
}

function conditionsAfter(
  before: readonly SetCondition[],
  refusal: StatusError | undefined,
  now: number,
): readonly SetCondition[] {
  const others = before.filter(({ type }) => type !== 'ReplicaFailure');
  if (refusal === undefined) return others;
  const same = before.find(({ type, message }) => type === 'ReplicaFailure' && message === refusal.message);
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: seconds(now),
    reason: 'FailedCreate',
    message: refusal.message,
  };
  return [...others, same ?? condition];
}
