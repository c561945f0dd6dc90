import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { LiveObjects, TrackedKind } from './workload-status.ts';

/** {@link LiveObjects} of a list. */
export class FakeLiveObjects implements LiveObjects {
  readonly objects: readonly KubernetesObject[];

  constructor(...objects: KubernetesObject[]) {
    this.objects = objects;
  }

  get(kind: TrackedKind, namespace: string, name: string): KubernetesObject | undefined {
    return this.objects.find(
      (object) => object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
    );
  }

  ownedBy(kind: TrackedKind, _namespace: string, uid: string): KubernetesObject[] {
    return this.objects.filter(
      (object) => object.kind === kind && object.metadata.ownerReferences?.some((owner) => owner.uid === uid),
    );
  }

  custom({ kind, namespace }: { kind: string; namespace: string }, name: string) {
    const object = this.objects.find(
      (one) => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name,
    );
    return object && { object };
  }

  eventsOf(_namespace: string, uid: string): KubernetesObject[] {
    return this.objects.filter((object) => object.kind === 'Event' && object['involvedObject']?.uid === uid);
  }
}

const id = (digit: string) => `sha256:${digit.repeat(64)}`;
export const ID = { one: id('1'), two: id('2'), three: id('3') };

interface PodOptions {
  readonly owner?: string;
  readonly image?: string;
  readonly imageId?: string;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly labels?: Record<string, string>;
  readonly deleted?: boolean;
  readonly restarts?: number;
  /** Of the container: by default it runs. */
  readonly state?: object;
  readonly lastState?: object;
  /** More of `status`. */
  readonly status?: object;
  /** More of `spec`. */
  readonly spec?: object;
}

/** A pod of one container, as a kubelet reports it. */
export function podObject(name: string, options: PodOptions = {}): KubernetesObject {
  const { owner, image = 'web:1', imageId = ID.one, ready = true, phase = 'Running', labels, restarts = 0 } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      ...(labels && { labels }),
      ...(options.deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      ...(owner && { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'X', name: owner, uid: `uid-${owner}` }] }),
    },
    spec: { restartPolicy: 'Always', containers: [{ name: 'main', image }], ...options.spec },
    status: {
      phase,
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ],
      containerStatuses: [
        {
          name: 'main',
          image,
          imageID: `docker://${imageId}`,
          ready,
          restartCount: restarts,
          state: options.state ?? { running: { startedAt: '2026-01-01T00:00:00Z' } },
          ...(options.lastState && { lastState: options.lastState }),
        },
      ],
      ...options.status,
    },
  };
}

/** A workload with its status. */
export function workloadObject(
  kind: string,
  name: string,
  options: {
    owner?: string;
    image?: string;
    replicas?: number;
    metadata?: object;
    spec?: object;
    status?: object;
  } = {},
): KubernetesObject {
  const { owner, image = 'web:1', replicas = 1 } = options;
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      generation: 1,
      ...(owner && { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'X', name: owner, uid: `uid-${owner}` }] }),
      ...options.metadata,
    },
    spec: { replicas, template: { spec: { containers: [{ name: 'main', image }] } }, ...options.spec },
    status: { observedGeneration: 1, ...options.status },
  };
}

/** A warning about a pod. */
export function eventObject(pod: string, reason: string, message: string, count = 1): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${pod}.${reason}`, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
    involvedObject: { uid: `uid-${pod}` },
    type: 'Warning',
    reason,
    message,
    count,
  };
}
