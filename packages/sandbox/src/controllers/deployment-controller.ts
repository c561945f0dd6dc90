import { EventRecorder } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import {
  byAge,
  newestSet,
  newSet,
  REVISION,
  revisionOf,
  setAnnotations,
  sizeAnnotations,
  surplusSets,
} from './deployment-revisions.ts';
import {
  isSaturated,
  isScaled,
  nextReplicas,
  proportionalSizes,
  replicasOf,
  rollingBounds,
  totalReplicas,
} from './deployment-scale.ts';
import {
  conditionOf,
  countedStatus,
  type DeploymentStatus,
  deadlineOf,
  isComplete,
  rolloutStatus,
  withCondition,
  written,
} from './deployment-status.ts';
import { ObjectQueue } from './object-queue.ts';
import { claimObjects, controllerOf, keyOf, nameOf } from './owned-objects.ts';
import { isSameTemplate, templateHash } from './template-hash.ts';

const RESOURCE = 'deployments.apps';
const SETS = 'replicasets.apps';
const MANAGER = 'kube-controller-manager';

/** A Deployment with its ReplicaSets, as one look at them. */
interface Rollout {
  readonly deployment: KubeObject;
  /** Of the Deployment's own template. */
  readonly newest: KubeObject | undefined;
  readonly old: readonly KubeObject[];
}

/**
 * Rolls ReplicaSets so that what runs is what a Deployment says: pkg/controller/deployment. Each step changes one thing;
 * the change asks for the next.
 */
export class DeploymentController implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue: ObjectQueue;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: 'deployment-controller' });
    this.#queue = new ObjectQueue(store, RESOURCE, (key) => this.#sync(key));
    this.#queue.listen(SETS, (_change, set) => this.#addOwner(set));
    this.#queue.listen('pods', (change, pod) => {
      // Recreate waits for the last old pod to be gone.
      const owner = controllerOf(pod);
      if (change !== 'deleted' || owner?.kind !== 'ReplicaSet') return;
      const set = store.get({ resource: SETS, namespace: pod.metadata.namespace, name: owner.name });
      if (set !== undefined) this.#addOwner(set);
    });
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  #addOwner(set: KubeObject): void {
    this.#queue.addOwner(set, 'Deployment');
    if (controllerOf(set) !== undefined) return;
    // One without an owner may be adopted.
    for (const object of this.#store.list(RESOURCE, set.metadata.namespace)) this.#queue.add(keyOf(object));
  }

  #sync(key: string): void {
    const deployment = this.#store.get(nameOf(RESOURCE, key));
    if (deployment === undefined) return;
    const sets = claimObjects(this.#store, SETS, deployment, deployment['spec'].selector);
    try {
      this.#step(this.#notePause(deployment), sets);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      // A namespace that ends, or a quota: the Deployment says so.
      this.#events.record(
        deployment,
        'Warning',
        'ReplicaSetCreateError',
        `Failed to create new replica set: ${error.message}`,
      );
    }
  }

  #step(deployment: KubeObject, sets: readonly KubeObject[]): void {
    const { spec, metadata } = deployment;
    if (metadata.deletionTimestamp !== undefined) {
      const rollout = rolloutOf(deployment, sets);
      this.#writeStatus(deployment, countedStatus(deployment, sets, rollout.newest, Date.now()));
    } else if (spec.paused || isScaled(deployment, sets)) {
      const rollout = this.#withRevision(rolloutOf(deployment, sets));
      this.#scale(rollout);
      if (spec.paused) this.#cleanUp(rollout);
      const now = this.#again(deployment, rollout);
      this.#writeStatus(now.deployment, countedStatus(now.deployment, setsOf(now), now.newest, Date.now()));
    } else if (spec.strategy?.type === 'Recreate') {
      this.#recreate(rolloutOf(deployment, sets));
    } else {
      this.#roll(rolloutOf(deployment, sets));
    }
  }

  #roll(found: Rollout): void {
    const rollout = this.#withNewest(found);
    if (rollout === undefined) return;
    const hasScaled = this.#growNewest(rollout) || this.#shrinkOld(rollout);
    if (!hasScaled && isComplete(rollout.deployment, this.#rolloutStatus(rollout))) this.#cleanUp(rollout);
    this.#writeRollout(rollout);
  }

  #recreate(found: Rollout): void {
    const known = this.#withRevision(found);
    const ended = known.old.filter((set) => this.#setSize(known.deployment, set, 0));
    if (ended.length > 0 || this.#hasPods(known.old)) {
      this.#writeRollout(known);
      return;
    }
    const rollout = this.#withNewest(known);
    if (rollout === undefined) return;
    const hasScaled = this.#growNewest(rollout);
    if (!hasScaled && isComplete(rollout.deployment, this.#rolloutStatus(rollout))) this.#cleanUp(rollout);
    this.#writeRollout(rollout);
  }

  #hasPods(sets: readonly KubeObject[]): boolean {
    const uids = new Set(sets.map(({ metadata }) => metadata.uid));
    const namespace = sets[0]?.metadata.namespace;
    return this.#store
      .list('pods', namespace)
      .some(
        (pod) =>
          uids.has(controllerOf(pod)?.uid) && pod['status']?.phase !== 'Succeeded' && pod['status']?.phase !== 'Failed',
      );
  }

  /** Gives the newest ReplicaSet, where there is one, its revision, and the Deployment the same. */
  #withRevision(rollout: Rollout): Rollout {
    const { deployment, newest, old } = rollout;
    if (newest === undefined) return rollout;
    const revision = Math.max(0, ...old.map(revisionOf)) + 1;
    const { minReadySeconds } = deployment['spec'];
    const kept = this.#store.modify(
      nameOf(SETS, keyOf(newest)),
      (set) => ({
        ...set,
        metadata: {
          ...set.metadata,
          annotations: setAnnotations(deployment, set.metadata.annotations ?? {}, revision),
        },
        ...(minReadySeconds !== undefined && { spec: { ...set['spec'], minReadySeconds } }),
      }),
      MANAGER,
    );
    const set = kept ?? newest;
    return { ...rollout, newest: set, deployment: this.#setRevision(deployment, String(revisionOf(set))) };
  }

  /** As {@link #withRevision}, and makes the newest ReplicaSet where there is none. Undefined: it is tried again. */
  #withNewest(found: Rollout): Rollout | undefined {
    const rollout = this.#withRevision(found);
    const { deployment, newest, old } = rollout;
    if (newest !== undefined) {
      const message = `Found new replica set "${newest.metadata.name}"`;
      return { ...rollout, deployment: this.#begin(deployment, 'FoundNewReplicaSet', message) };
    }
    const hash = templateHash(deployment['spec'].template, deployment['status']?.collisionCount ?? 0);
    const size = nextReplicas(deployment, old, 0);
    let created: KubeObject;
    try {
      created = this.#store.create(SETS, newSet(deployment, old, hash, size));
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
      this.#countCollision(deployment, hash);
      return undefined;
    }
    if (size > 0) this.#tellScaling(deployment, created, 0, size);
    const known = this.#setRevision(deployment, String(revisionOf(created)));
    const message = `Created new replica set "${created.metadata.name}"`;
    return { deployment: this.#progress(known, 'NewReplicaSetCreated', message), newest: created, old };
  }

  /** The name is taken by a ReplicaSet of something else: another name will do. */
  #countCollision(deployment: KubeObject, hash: string): void {
    const name = `${deployment.metadata.name}-${hash}`;
    const other = this.#store.get({ resource: SETS, namespace: deployment.metadata.namespace, name });
    if (
      other !== undefined &&
      controllerOf(other)?.uid === deployment.metadata.uid &&
      isSameTemplate(deployment, other)
    ) {
      this.#queue.add(keyOf(deployment));
      return;
    }
    this.#store.modify(nameOf(RESOURCE, keyOf(deployment)), (object) => {
      const status = object['status'] ?? {};
      return { ...object, status: { ...status, collisionCount: (status.collisionCount ?? 0) + 1 } };
    });
  }

  #growNewest({ deployment, newest, old }: Rollout): boolean {
    if (newest === undefined) return false;
    const wanted: number = deployment['spec'].replicas ?? 1;
    const size = replicasOf(newest);
    const next = size > wanted ? wanted : nextReplicas(deployment, [...old, newest], size);
    return this.#setSize(deployment, newest, next);
  }

  /** reconcileOldReplicaSets: first the pods that are not available, then as many as may be missed. */
  #shrinkOld({ deployment, newest, old }: Rollout): boolean {
    if (newest === undefined || totalReplicas(old) === 0) return false;
    const least = (deployment['spec'].replicas ?? 1) - rollingBounds(deployment).maxUnavailable;
    const available = (set: KubeObject): number => set['status']?.availableReplicas ?? 0;
    const sets = [...old, newest];
    let surplus = totalReplicas(sets) - least - (replicasOf(newest) - available(newest));
    if (surplus <= 0) return false;
    const sizes = new Map(old.map((set) => [set, replicasOf(set)]));
    for (const set of byAge(old)) {
      const unhealthy = Math.min(surplus, Math.max(0, replicasOf(set) - available(set)));
      sizes.set(set, replicasOf(set) - unhealthy);
      surplus -= unhealthy;
    }
    let spare = sets.reduce((total, set) => total + available(set), 0) - least;
    for (const set of byAge(old)) {
      const part = Math.min(Math.max(0, spare), sizes.get(set) ?? 0);
      sizes.set(set, (sizes.get(set) ?? 0) - part);
      spare -= part;
    }
    return [...sizes].filter(([set, size]) => this.#setSize(deployment, set, size)).length > 0;
  }

  /** Spreads another number of replicas when nothing rolls, or while something does. */
  #scale({ deployment, newest, old }: Rollout): void {
    const wanted: number = deployment['spec'].replicas ?? 1;
    const sets = newest === undefined ? [...old] : [...old, newest];
    const active = sets.filter((set) => replicasOf(set) > 0);
    const only = active.length === 0 ? (newest ?? byAge(old).at(-1)) : active.length === 1 ? active[0] : undefined;
    if (only !== undefined) {
      this.#setSize(deployment, only, wanted);
    } else if (newest !== undefined && isSaturated(newest, wanted)) {
      for (const set of old) this.#setSize(deployment, set, 0);
    } else if (deployment['spec'].strategy?.type !== 'Recreate') {
      for (const [set, size] of proportionalSizes(deployment, sets)) this.#setSize(deployment, set, size);
    }
  }

  /** Answers whether the size is another now. */
  #setSize(deployment: KubeObject, set: KubeObject, size: number): boolean {
    const before = replicasOf(set);
    this.#store.modify(
      nameOf(SETS, keyOf(set)),
      (object) => ({
        ...object,
        metadata: {
          ...object.metadata,
          annotations: { ...object.metadata.annotations, ...sizeAnnotations(deployment) },
        },
        spec: { ...object['spec'], replicas: size },
      }),
      MANAGER,
    );
    if (before === size) return false;
    this.#tellScaling(deployment, set, before, size);
    return true;
  }

  #tellScaling(deployment: KubeObject, set: KubeObject, before: number, after: number): void {
    const direction = after > before ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${after}`;
    this.#events.record(deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  #cleanUp({ deployment, old }: Rollout): void {
    for (const { metadata } of surplusSets(deployment, old)) {
      this.#store.delete({ resource: SETS, namespace: metadata.namespace, name: metadata.name });
    }
  }

  #setRevision(deployment: KubeObject, revision: string): KubeObject {
    const marked = this.#store.modify(
      nameOf(RESOURCE, keyOf(deployment)),
      ({ metadata, ...object }) =>
        ({
          ...object,
          metadata: { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision } },
        }) as KubeObject,
      MANAGER,
    );
    return marked ?? deployment;
  }

  /** Says that a rollout has begun, where nothing is known of one. */
  #begin(deployment: KubeObject, reason: string, message: string): KubeObject {
    const isKnown = conditionOf(deployment['status']?.conditions, 'Progressing') !== undefined;
    return isKnown ? deployment : this.#progress(deployment, reason, message);
  }

  #progress(deployment: KubeObject, reason: string, message: string, status: 'True' | 'Unknown' = 'True'): KubeObject {
    const told = this.#store.modify(
      nameOf(RESOURCE, keyOf(deployment)),
      (object) => {
        const before = object['status'] ?? {};
        const verdict = { type: 'Progressing', status, reason, message };
        return {
          ...object,
          status: { ...before, conditions: withCondition(before.conditions ?? [], verdict, Date.now()) },
        };
      },
      MANAGER,
    );
    return told ?? deployment;
  }

  /** checkPausedConditions */
  #notePause(deployment: KubeObject): KubeObject {
    const progressing = conditionOf(deployment['status']?.conditions, 'Progressing');
    const isPaused = deployment['spec'].paused === true;
    const isNoted = progressing?.reason === 'DeploymentPaused';
    if (progressing?.reason === 'ProgressDeadlineExceeded' || isPaused === isNoted) return deployment;
    if (isPaused) return this.#progress(deployment, 'DeploymentPaused', 'Deployment is paused', 'Unknown');
    return this.#progress(deployment, 'DeploymentResumed', 'Deployment is resumed', 'Unknown');
  }

  #rolloutStatus({ deployment, newest, old }: Rollout): DeploymentStatus {
    return rolloutStatus(deployment, newest === undefined ? old : [...old, newest], newest, Date.now());
  }

  #writeRollout(rollout: Rollout): void {
    const now = this.#again(rollout.deployment, rollout);
    const status = this.#rolloutStatus(now);
    this.#writeStatus(now.deployment, status);
    const deadline = deadlineOf(now.deployment, status.conditions);
    if (deadline !== undefined) this.#queue.addAfter(keyOf(now.deployment), deadline - Date.now() + 1000);
  }

  /** The same objects as they are after the step's own changes. */
  #again(deployment: KubeObject, { newest, old }: Rollout): Rollout {
    const fresh = (set: KubeObject) => this.#store.get(nameOf(SETS, keyOf(set)));
    return {
      deployment: this.#store.get(nameOf(RESOURCE, keyOf(deployment))) ?? deployment,
      newest: newest && fresh(newest),
      old: old.flatMap((set) => fresh(set) ?? []),
    };
  }

  #writeStatus(deployment: KubeObject, status: DeploymentStatus): void {
    const name = nameOf(RESOURCE, keyOf(deployment));
    this.#store.modify(name, (object) => ({ ...object, status: written(status) }), MANAGER);
  }
}

function rolloutOf(deployment: KubeObject, sets: readonly KubeObject[]): Rollout {
  const newest = newestSet(deployment, sets);
  return { deployment, newest, old: byAge(sets.filter((set) => set !== newest)) };
}

function setsOf({ newest, old }: Rollout): readonly KubeObject[] {
  return newest === undefined ? old : [...old, newest];
}
