import { EventRecorder } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { presentRevision, REVISION_HASH, revisionsOf, trimHistory } from './controller-revisions.ts';
import { podFromTemplate } from './create-pod.ts';
import { ObjectQueue } from './object-queue.ts';
import { claimObjects, nameOf } from './owned-objects.ts';
import { availableInMs, isAvailable, isReady } from './pod-state.ts';

const RESOURCE = 'statefulsets.apps';
const CLAIMS = 'persistentvolumeclaims';
const MANAGER = 'kube-controller-manager';

/** Pods with names and claims that stay, made and ended in order: pkg/controller/statefulset. */
export class StatefulSetController implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue: ObjectQueue;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: 'statefulset-controller' });
    this.#queue = new ObjectQueue(store, RESOURCE, (key) => this.#sync(key));
    this.#queue.listen('pods', (_change, pod) => this.#queue.addOwner(pod, 'StatefulSet'));
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  #sync(key: string): void {
    const set = this.#store.get(nameOf(RESOURCE, key));
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const present = presentRevision(this.#store, set);
    const { currentRevision } = set['status'] ?? {};
    const known = revisionsOf(this.#store, set).find(({ metadata }) => metadata.name === currentRevision);
    this.#step(set, this.#podsOf(set), present, known ?? present);
    this.#writeStatus(key, set, present, known ?? present);
  }

  #podsOf(set: KubeObject): Map<number, KubeObject> {
    const pods = claimObjects(this.#store, 'pods', set, set['spec'].selector);
    return new Map(
      pods.flatMap((pod) => {
        const ordinal = ordinalOf(set, pod);
        return ordinal === undefined ? [] : [[ordinal, pod] as const];
      }),
    );
  }

  /** One thing at a time, unless the pods are managed in parallel. */
  #step(set: KubeObject, pods: ReadonlyMap<number, KubeObject>, present: KubeObject, current: KubeObject): void {
    const { replicas = 1, podManagementPolicy, minReadySeconds = 0, ordinals, updateStrategy = {} } = set['spec'];
    const start: number = ordinals?.start ?? 0;
    const isOrdered = podManagementPolicy !== 'Parallel';
    const partition: number = updateStrategy.rollingUpdate?.partition ?? 0;
    const now = Date.now();
    for (let ordinal = start; ordinal < start + replicas; ordinal++) {
      const pod = pods.get(ordinal);
      if (pod === undefined) {
        const isOld = ordinal < start + partition && current !== present;
        this.#create(set, ordinal, isOld ? current : present);
        if (isOrdered) return;
      } else if (pod['status']?.phase === 'Failed' || pod['status']?.phase === 'Succeeded') {
        this.#delete(set, pod);
        if (isOrdered) return;
      } else if (isOrdered && (isEnding(pod) || !isAvailable(pod, minReadySeconds, now))) {
        // A pod of an older template that never became ready may be replaced; all else is waited for.
        if (isEnding(pod) || revisionOf(pod) === present.metadata.name || updateStrategy.type === 'OnDelete') return;
      }
    }
    const surplus = [...pods].filter(([ordinal]) => ordinal < start || ordinal >= start + replicas);
    for (const [, pod] of surplus.toSorted(([a], [b]) => b - a)) {
      if (!isEnding(pod)) this.#delete(set, pod);
      if (isOrdered) return;
    }
    if (updateStrategy.type === 'OnDelete') return;
    for (let ordinal = start + replicas - 1; ordinal >= start + partition; ordinal--) {
      const pod = pods.get(ordinal);
      if (pod === undefined || isEnding(pod)) return;
      if (revisionOf(pod) !== present.metadata.name) {
        this.#delete(set, pod);
        return;
      }
      if (!isAvailable(pod, minReadySeconds, now)) return;
    }
  }

  #create(set: KubeObject, ordinal: number, revision: KubeObject): void {
    const name = `${set.metadata.name}-${ordinal}`;
    const claims = this.#claims(set, name);
    const template = revision['data']?.spec?.template ?? set['spec'].template;
    const owner = { ...set, spec: { ...set['spec'], template } };
    const volumes: { name: string }[] = template.spec.volumes ?? [];
    const others = volumes.filter((volume) => !claims.some((claim) => claim.name === volume.name));
    const pod = podFromTemplate(owner, {
      name,
      labels: {
        [REVISION_HASH]: revision.metadata.name,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      },
      spec: { hostname: name, subdomain: set['spec'].serviceName, volumes: [...others, ...claims] },
    });
    try {
      this.#store.create('pods', pod);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const message = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`;
      this.#events.record(set, 'Warning', 'FailedCreate', message);
      throw error;
    }
    const message = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    this.#events.record(set, 'Normal', 'SuccessfulCreate', message);
  }

  /** Makes the claims of a pod that are not there yet, and answers them as volumes. */
  #claims(set: KubeObject, pod: string): { name: string; persistentVolumeClaim: { claimName: string } }[] {
    const templates: KubeObject[] = set['spec'].volumeClaimTemplates ?? [];
    const { namespace = 'default' } = set.metadata;
    return templates.map((template) => {
      const { name, labels } = template.metadata;
      const claimName = `${name}-${pod}`;
      if (this.#store.get({ resource: CLAIMS, namespace, name: claimName }) === undefined) {
        this.#store.create(CLAIMS, {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: claimName, namespace, labels: { ...labels, ...set['spec'].selector.matchLabels } },
          spec: template['spec'],
        });
        const message = `create Claim ${claimName} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
        this.#events.record(set, 'Normal', 'SuccessfulCreate', message);
      }
      return { name, persistentVolumeClaim: { claimName } };
    });
  }

  #delete(set: KubeObject, { metadata: { namespace, name } }: KubeObject): void {
    this.#store.delete({ resource: 'pods', namespace, name });
    const message = `delete Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    this.#events.record(set, 'Normal', 'SuccessfulDelete', message);
  }

  #writeStatus(key: string, set: KubeObject, present: KubeObject, current: KubeObject): void {
    const pods = [...this.#podsOf(set).values()].filter((pod) => !isEnding(pod));
    const now = Date.now();
    const { replicas = 1, minReadySeconds = 0 } = set['spec'];
    const waits = pods.flatMap((pod) => availableInMs(pod, minReadySeconds, now) ?? []);
    const due = waits.filter((ms) => ms > 0);
    if (due.length > 0) this.#queue.addAfter(key, Math.min(...due));
    const ofRevision = (revision: KubeObject) =>
      pods.filter((pod) => revisionOf(pod) === revision.metadata.name).length;
    const readyReplicas = pods.filter(isReady).length;
    const isRolledOut = ofRevision(present) === replicas && readyReplicas === replicas && pods.length === replicas;
    const settled = isRolledOut ? present : current;
    const inUse = new Set([...pods.map(revisionOf), present.metadata.name, settled.metadata.name]);
    trimHistory(this.#store, set, inUse);
    const status = {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...(readyReplicas > 0 && { readyReplicas }),
      ...(ofRevision(settled) > 0 && { currentReplicas: ofRevision(settled) }),
      ...(ofRevision(present) > 0 && { updatedReplicas: ofRevision(present) }),
      availableReplicas: waits.filter((ms) => ms === 0).length,
      currentRevision: settled.metadata.name,
      updateRevision: present.metadata.name,
      collisionCount: 0,
    };
    this.#store.modify(nameOf(RESOURCE, key), (object) => ({ ...object, status }), MANAGER);
  }
}

function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const { name } = pod.metadata;
  return name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))
    ? Number(name.slice(prefix.length))
    : undefined;
}

function revisionOf(pod: KubeObject): string {
  return pod.metadata.labels?.[REVISION_HASH] ?? '';
}

function isEnding(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}
