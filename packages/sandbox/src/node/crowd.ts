import { seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Name of the crowd's namespace and of its node. */
const NAME = 'crowd';
const NODE = { resource: 'nodes', namespace: undefined, name: NAME };
const NAMESPACE = { resource: 'namespaces', namespace: undefined, name: NAME };
const CONTAINER = 'member';
const IMAGE = 'crowd:latest';

/**
 * Many pods, running and ready, on a node of their own that takes no others: what lists and watches of a large cluster
 * tell. They are objects of the API in every respect, and there are no processes. Disposing deletes them.
 */
export class Crowd implements Disposable {
  readonly #store: ObjectStore;
  readonly #listening: Disposable;

  /** @throws StatusError where a crowd is there already */
  constructor(store: ObjectStore, count: number) {
    this.#store = store;
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME } });
    store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: NAME }, spec: { unschedulable: true } });
    store.modify(NODE, (node) => ({ ...node, status: nodeStatus(count) }), 'kubelet');
    this.#listening = store.listen(['pods'], (change, pod) => this.#take(pod, change === 'deleted'));
    for (let number = 1; number <= count; number += 1) this.#add(number);
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    for (const { metadata } of this.#store.list('pods', NAME)) {
      this.#store.delete({ resource: 'pods', namespace: NAME, name: metadata.name }, { gracePeriodSeconds: 0 });
    }
    this.#store.delete(NODE);
    this.#store.delete(NAMESPACE);
  }

  #add(number: number): void {
    const name = `${NAME}-${String(number).padStart(5, '0')}`;
    this.#store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAME, labels: { app: NAME } },
      spec: { nodeName: NAME, containers: [{ name: CONTAINER, image: IMAGE }] },
    });
    const status = podStatus(number);
    this.#store.modify({ resource: 'pods', namespace: NAME, name }, (pod) => ({ ...pod, status }), 'kubelet');
  }

  /** What a kubelet does with a pod that is being deleted and has no processes. */
  #take({ metadata: { namespace, name, deletionTimestamp } }: KubeObject, isGone: boolean): void {
    if (isGone || namespace !== NAME || deletionTimestamp === undefined) return;
    // listeners are told of one change after the other: not from within this one
    queueMicrotask(() => this.#store.delete({ resource: 'pods', namespace, name }, { gracePeriodSeconds: 0 }));
  }
}

function nodeStatus(count: number): unknown {
  const capacity = { cpu: String(count), memory: `${count}Gi`, pods: String(count) };
  const now = seconds(Date.now());
  return {
    addresses: [{ type: 'Hostname', address: NAME }],
    capacity,
    allocatable: capacity,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
  };
}

function podStatus(number: number): unknown {
  const now = seconds(Date.now());
  const podIP = `10.245.${Math.floor(number / 250)}.${(number % 250) + 1}`;
  return {
    phase: 'Running',
    qosClass: 'BestEffort',
    startTime: now,
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: now,
    })),
    containerStatuses: [
      {
        name: CONTAINER,
        image: IMAGE,
        imageID: '',
        ready: true,
        started: true,
        restartCount: 0,
        lastState: {},
        state: { running: { startedAt: now } },
      },
    ],
  };
}
