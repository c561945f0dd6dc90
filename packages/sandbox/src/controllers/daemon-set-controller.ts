import { EventRecorder } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { presentRevision, REVISION_HASH, trimHistory } from './controller-revisions.ts';
import { createPod, deletePod, podFromTemplate } from './create-pod.ts';
import { ObjectQueue } from './object-queue.ts';
import { claimObjects, controllerOf, nameOf } from './owned-objects.ts';
import { availableInMs, isActive, isReady } from './pod-state.ts';

const RESOURCE = 'daemonsets.apps';
const MANAGER = 'kube-controller-manager';
const GENERATION = 'deprecated.daemonset.template.generation';

/** One pod per node, and there is one node: pkg/controller/daemon. */
export class DaemonSetController implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue: ObjectQueue;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: 'daemonset-controller' });
    this.#queue = new ObjectQueue(store, RESOURCE, (key) => this.#sync(key));
    this.#queue.listen('pods', (_change, pod) => this.#queue.addOwner(pod, 'DaemonSet'));
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  #sync(key: string): void {
    const set = this.#store.get(nameOf(RESOURCE, key));
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const revision = presentRevision(this.#store, set);
    const hash = revision.metadata.labels?.[REVISION_HASH] ?? '';
    const wanted = this.#fits(set) ? 1 : 0;
    this.#step(set, hash, wanted);
    this.#writeStatus(key, set, hash, wanted);
    trimHistory(this.#store, set, new Set([revision.metadata.name]));
  }

  #fits(set: KubeObject): boolean {
    const selector: Record<string, string> = set['spec'].template.spec.nodeSelector ?? {};
    return this.#store
      .list('nodes')
      .some(({ metadata }) => Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value));
  }

  #step(set: KubeObject, hash: string, wanted: number): void {
    const pods = claimObjects(this.#store, 'pods', set, set['spec'].selector);
    for (const pod of pods.filter(({ status }) => status?.phase === 'Failed')) {
      deletePod(this.#store, this.#events, set, pod);
    }
    const active = pods.filter(isActive);
    const isOld = (pod: KubeObject) => pod.metadata.labels?.[REVISION_HASH] !== hash;
    const doomed = set['spec'].updateStrategy?.type === 'OnDelete' ? [] : active.filter(isOld);
    for (const pod of wanted === 0 ? active : [...doomed, ...active.filter((each) => !isOld(each)).slice(wanted)]) {
      deletePod(this.#store, this.#events, set, pod);
    }
    // The old one has to be gone: both would want the same ports of the node.
    const left = this.#store.list('pods', set.metadata.namespace).filter((pod) => isOf(set, pod));
    if (left.length > 0 || wanted === 0) return;
    const labels = {
      [REVISION_HASH]: hash,
      'pod-template-generation': set.metadata.annotations?.[GENERATION] ?? String(set.metadata.generation ?? 1),
    };
    createPod(this.#store, this.#events, set, podFromTemplate(set, { labels }));
  }

  #writeStatus(key: string, set: KubeObject, hash: string, wanted: number): void {
    const pods = this.#store.list('pods', set.metadata.namespace).filter((pod) => isOf(set, pod) && isActive(pod));
    const now = Date.now();
    const waits = pods.flatMap((pod) => availableInMs(pod, set['spec'].minReadySeconds ?? 0, now) ?? []);
    const due = waits.filter((ms) => ms > 0);
    if (due.length > 0) this.#queue.addAfter(key, Math.min(...due));
    const available = Math.min(wanted, waits.filter((ms) => ms === 0).length);
    const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_HASH] === hash).length;
    const status = {
      currentNumberScheduled: Math.min(wanted, pods.length),
      desiredNumberScheduled: wanted,
      numberMisscheduled: 0,
      numberReady: pods.filter(isReady).length,
      observedGeneration: set.metadata.generation,
      ...(updated > 0 && { updatedNumberScheduled: updated }),
      ...(available > 0 && { numberAvailable: available }),
      ...(wanted - available > 0 && { numberUnavailable: wanted - available }),
    };
    this.#store.modify(nameOf(RESOURCE, key), (object) => ({ ...object, status }), MANAGER);
  }
}

function isOf(set: KubeObject, pod: KubeObject): boolean {
  return controllerOf(pod)?.uid === set.metadata.uid;
}
