import { isDeepStrictEqual } from 'node:util';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { Manifest } from '../project/project.ts';
import { applyOrder, deleteOrder } from './apply-order.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { type CustomKind, customKindOf } from './custom-kind.ts';
import type { ImagePath } from './image-paths.ts';
import { differOnlyInImages } from './images-only.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { objectKey } from './kubernetes-object.ts';
import { type ImagePin, pinObject } from './pin-images.ts';
import { containersOf } from './workload-images.ts';

/** What was done to one object, or is left to be done to it by a swap. */
export type Applied = AppliedNow | LeftToSwap;

interface OneObject {
  readonly object: KubernetesObject;
  /** What was applied before, where only images differ from it. */
  readonly previous: KubernetesObject | undefined;
  /** Set where its kind is not Kubernetes' own and it may have pods. */
  readonly custom?: CustomKind | undefined;
  /** Why it was replaced. */
  readonly because: string | undefined;
  /** metadata.generation after it was applied; where it is left to a swap, that of what was applied before. */
  readonly generation: number;
}

export interface AppliedNow extends OneObject {
  readonly action: 'created' | 'configured' | 'unchanged' | 'replaced';
}

export interface LeftToSwap extends OneObject {
  readonly action: 'swap';
}

export interface DeployRequest {
  readonly manifests: readonly Manifest[];
  readonly pins: readonly ImagePin[];
  /** Whether an object that changes only in images may be left to a swap. */
  readonly maySwap: (object: KubernetesObject) => boolean;
  /** Apply also what is unchanged. */
  readonly anyway: boolean;
}

/**
 * Brings objects into the cluster and remembers what was applied, so that only what changed is touched. It belongs to
 * one session: what another cluster was given is no knowledge about this one.
 */
export class Deployer {
  readonly #objects: ClusterObjects;
  readonly #project: string;
  readonly #namespace: string;
  readonly #applied = new Map<string, { desired: KubernetesObject; generation: number }>();
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(objects: ClusterObjects, project: string, namespace: string) {
    this.#objects = objects;
    this.#project = project;
    this.#namespace = namespace;
  }

  /**
   * Applies objects in order. Those that may be swapped are not applied but answered with action `swap`; whoever swaps
   * them says so with {@link remember}.
   */
  async deploy(
    request: DeployRequest,
    onApplied: (applied: AppliedNow) => void,
    signal: AbortSignal,
  ): Promise<Applied[]> {
    const all: Applied[] = [];
    const customKinds = new Map(request.manifests.map(({ object, custom }) => [object, customKindOf(object, custom)]));
    for (const object of applyOrder([...customKinds.keys()])) {
      const applied = await this.#deployOne(object, customKinds.get(object), request, signal);
      if (applied.action !== 'swap') onApplied(applied);
      all.push(applied);
    }
    return all;
  }

  /** The object as it would be applied, images pinned as the cluster has them where it has the same content. */
  async pin(
    object: KubernetesObject,
    pins: readonly ImagePin[],
    signal: AbortSignal,
    places?: readonly ImagePath[],
  ): Promise<KubernetesObject> {
    const isNamespaced = await this.#objects.isNamespaced(object.apiVersion, object.kind, signal);
    const options = { namespace: this.#namespace, isNamespaced, project: this.#project };
    return pinObject(object, { ...options, pins, places }).object;
  }

  /** Objects as they were applied last, each once; those that were not are left out. */
  lastApplied(objects: readonly KubernetesObject[]): KubernetesObject[] {
    return [...new Set(applyOrder([...objects]).flatMap((object) => this.#known(object)?.desired ?? []))];
  }

  /** Notes that an object that was applied has another generation now. */
  sawGeneration(object: KubernetesObject): void {
    const known = this.#known(object);
    if (known !== undefined) this.remember(known.desired, object.metadata.generation ?? known.generation);
  }

  /** Makes an object anew as it was applied last. One that was not applied is left alone. */
  async recreate(object: KubernetesObject, signal: AbortSignal): Promise<void> {
    const desired = this.#known(object)?.desired;
    if (desired === undefined) return;
    await this.#inTurn(objectKey(desired), () => this.#replace(desired, desired, signal));
  }

  /** Records what is in the cluster after a swap. */
  remember(object: KubernetesObject, generation: number): void {
    this.#applied.set(objectKey(object), { desired: object, generation });
  }

  /**
   * Deletes what this project applied and `keep` no longer has.
   *
   * @param candidates objects in the cluster that devloop applied for this project
   */
  async prune(
    candidates: readonly KubernetesObject[],
    keep: readonly Manifest[],
    onPruned: (object: KubernetesObject) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const kept = new Set<string>();
    for (const { object } of keep) {
      const pinned = await this.pin(object, [], signal).catch((error: unknown) => {
        if (error instanceof DevloopError && error.code === 'deploy/invalid') return undefined;
        throw error;
      });
      // Of a kind that the cluster does not know there is nothing that could have vanished.
      if (pinned !== undefined) kept.add(identity(pinned));
    }
    const vanished = candidates.filter((object) => !kept.has(identity(object)));
    for (const object of deleteOrder(vanished)) {
      await this.#objects.deleteAndWait(object, signal);
      // The cluster may list it in another version of its group than the one that was applied.
      for (const [key, { desired }] of this.#applied) {
        if (identity(desired) === identity(object)) this.#applied.delete(key);
      }
      onPruned(object);
    }
  }

  /** What was applied for a manifest's object, which need not name its namespace. */
  #known(object: KubernetesObject): { desired: KubernetesObject; generation: number } | undefined {
    const { namespace = this.#namespace } = object.metadata;
    const inNamespace = objectKey({ ...object, metadata: { ...object.metadata, namespace } });
    return this.#applied.get(inNamespace) ?? this.#applied.get(objectKey(object));
  }

  async #deployOne(
    object: KubernetesObject,
    custom: CustomKind | undefined,
    request: DeployRequest,
    signal: AbortSignal,
  ): Promise<Applied> {
    const plain = await this.pin(object, request.pins, signal, custom?.images);
    const key = objectKey(plain);
    const applied = await this.#inTurn(key, () => this.#applyPinned(plain, key, request, signal));
    return { ...applied, custom };
  }

  /** Two services that share an object must not apply it at the same time with different images. */
  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#busy.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(key) === mine) this.#busy.delete(key);
    }
  }

  async #applyPinned(
    plain: KubernetesObject,
    key: string,
    request: DeployRequest,
    signal: AbortSignal,
  ): Promise<Applied> {
    const known = this.#applied.get(key);
    const live = known === undefined ? await this.#objects.get(plain, signal) : undefined;
    const desired = keepAliases(plain, known?.desired ?? live, request.pins);
    const previous = known?.desired;
    if (known !== undefined && !request.anyway && isDeepStrictEqual(known.desired, desired)) {
      return { object: desired, action: 'unchanged', previous, because: undefined, generation: known.generation };
    }
    if (previous !== undefined && differOnlyInImages(previous, desired) && request.maySwap(desired)) {
      return { object: desired, action: 'swap', previous, because: undefined, generation: known?.generation ?? 0 };
    }
    // A bare pod has no controller that would bring a change into it; what it is made of is made anew.
    if (previous !== undefined && desired.kind === 'Pod' && !isDeepStrictEqual(previous, desired)) {
      return await this.#replace(desired, previous, signal);
    }
    if (live !== undefined && hasEndedWithOthers(live, desired)) return await this.#replace(desired, live, signal);
    try {
      const result = await this.#objects.apply(desired, signal);
      this.remember(desired, result.metadata.generation ?? 0);
      const isNew = known === undefined && live === undefined;
      const isSame = live !== undefined && live.metadata.resourceVersion === result.metadata.resourceVersion;
      return {
        object: desired,
        action: isNew ? 'created' : isSame ? 'unchanged' : 'configured',
        previous,
        because: undefined,
        generation: result.metadata.generation ?? 0,
      };
    } catch (error) {
      if (!(await this.#isImmutable(error, desired, signal))) throw error;
      return await this.#replace(desired, previous, signal);
    }
  }

  async #replace(
    desired: KubernetesObject,
    previous: KubernetesObject | undefined,
    signal: AbortSignal,
  ): Promise<AppliedNow> {
    this.#applied.delete(objectKey(desired));
    await this.#objects.deleteAndWait(desired, signal);
    const result = await this.#objects.apply(desired, signal);
    this.remember(desired, result.metadata.generation ?? 0);
    return {
      object: desired,
      action: 'replaced',
      previous,
      because: `this change of a ${desired.kind} cannot be brought into the one that exists`,
      generation: result.metadata.generation ?? 0,
    };
  }

  /** An object that is refused but could be made anew has changed where it cannot change. */
  async #isImmutable(error: unknown, desired: KubernetesObject, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof Error && 'status' in error && error.status === 422)) return false;
    if ((await this.#objects.get(desired, signal)) === undefined) return false;
    return await this.#objects.couldCreate(desired, signal);
  }
}

/** Whether a Pod has run to its end with other images: it would take the new ones and never run them. */
function hasEndedWithOthers(live: KubernetesObject, desired: KubernetesObject): boolean {
  if (desired.kind !== 'Pod' || !['Succeeded', 'Failed'].includes(live['status']?.phase)) return false;
  const images = new Map(containersOf(live).map((container) => [container.name, container.image]));
  return containersOf(desired).some(({ name, image }) => images.get(name) !== image);
}

/** Suffix that tells an alias of an image from the image's own reference. */
export function isAlias(image: string, reference: string): boolean {
  return image.startsWith(`${reference}-`);
}

/**
 * Where the cluster already runs the same content under an alias (see the swap), the alias stays: the plain reference
 * would be another image string and so roll the workload for nothing.
 */
function keepAliases(
  desired: KubernetesObject,
  current: KubernetesObject | undefined,
  pins: readonly ImagePin[],
): KubernetesObject {
  if (current === undefined) return desired;
  // Other images may have names that look like aliases of each other: redis:7 and redis:7-alpine.
  const built = new Set(pins.map((pin) => pin.reference));
  const running = new Map(containersOf(current).map((container) => [container.name, container.image]));
  const copy = structuredClone(desired);
  for (const container of containersOf(copy)) {
    const image = running.get(container.name);
    if (container.image === undefined || image === undefined || !built.has(container.image)) continue;
    if (isAlias(image, container.image)) container.image = image;
  }
  return copy;
}

/** Identity without the version of the API group, in which the same object can be had in several versions. */
function identity(object: KubernetesObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  return `${group} ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
