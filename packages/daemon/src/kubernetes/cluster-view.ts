import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Bell } from '../support/bell.ts';
import { TaskSet } from '../support/task-set.ts';
import type { ApiClient } from './api-client.ts';
import { ApiRefusal } from './api-errors.ts';
import { type Discovery, groupPath, resourcePath } from './discovery.ts';
import { ObjectCache } from './object-cache.ts';

/** The kinds that tell how a workload is doing and where it is reached. Their versions are those that every supported cluster has. */
const FOLLOWED = {
  Pod: { apiVersion: 'v1', name: 'pods' },
  Service: { apiVersion: 'v1', name: 'services' },
  Event: { apiVersion: 'v1', name: 'events' },
  ReplicaSet: { apiVersion: 'apps/v1', name: 'replicasets' },
  Deployment: { apiVersion: 'apps/v1', name: 'deployments' },
  StatefulSet: { apiVersion: 'apps/v1', name: 'statefulsets' },
  DaemonSet: { apiVersion: 'apps/v1', name: 'daemonsets' },
  Job: { apiVersion: 'batch/v1', name: 'jobs' },
} as const;

export type FollowedKind = keyof typeof FOLLOWED;

/** Failures in a row after which a watch's connection counts as lost rather than broken off. */
const LOST_AFTER_FAILURES = 2;

/** Objects of a kind that is not Kubernetes' own, in a namespace. */
export interface CustomCollection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
}

function collectionKey({ apiVersion, kind, namespace }: CustomCollection): string {
  return `${apiVersion}/${kind}/${namespace}`;
}

/** What runs in the namespaces of the project, kept current by watches. */
export class ClusterView implements AsyncDisposable {
  readonly changed = new Bell();
  readonly #api: ApiClient;
  readonly #discovery: Discovery;
  readonly #onLost: (error: unknown) => void;
  /** Of kinds that are not Kubernetes' own, by {@link collectionKey}; those that could be listed. */
  readonly #custom = new Map<string, ObjectCache>();
  /** The same, and those that are being listed. */
  readonly #followingCustom = new Map<string, Promise<void>>();
  readonly #namespaces = new Map<string, Map<FollowedKind, ObjectCache>>();
  readonly #ended = new AbortController();
  readonly #tasks: TaskSet;

  /** @param onLost told when the API server no longer answers */
  constructor(api: ApiClient, discovery: Discovery, onLost: (error: unknown) => void) {
    this.#api = api;
    this.#discovery = discovery;
    this.#onLost = onLost;
    this.#tasks = new TaskSet(onLost);
  }

  /** Begins to follow a namespace, once. Resolves when everything in it has been listed. */
  async follow(namespace: string, signal: AbortSignal): Promise<void> {
    let caches = this.#namespaces.get(namespace);
    if (caches === undefined) {
      caches = new Map();
      this.#namespaces.set(namespace, caches);
      for (const [kind, { apiVersion, name }] of Object.entries(FOLLOWED)) {
        const cache = new ObjectCache(this.changed);
        caches.set(kind as FollowedKind, cache);
        const path = `${groupPath(apiVersion)}/namespaces/${namespace}/${name}`;
        this.#tasks.add(
          cache.follow(this.#api, path, { onFailure: this.#failureCounter(), signal: this.#ended.signal }),
        );
      }
    }
    await Promise.all([...caches.values()].map((cache) => cache.listed(signal)));
  }

  /**
   * Begins to follow the objects of a custom resource's kind in a namespace, once. Resolves when they have been listed, or
   * when this user may not: then nothing is known of them.
   *
   * @throws DevloopError `deploy/invalid` when the cluster does not know the kind
   */
  async followCustom(collection: CustomCollection, signal: AbortSignal): Promise<void> {
    const key = collectionKey(collection);
    let following = this.#followingCustom.get(key);
    if (following === undefined) {
      following = this.#followAnew(collection, signal);
      this.#followingCustom.set(key, following);
      following.catch(() => this.#followingCustom.delete(key));
    }
    await following;
  }

  async #followAnew(collection: CustomCollection, signal: AbortSignal): Promise<void> {
    const { apiVersion, kind, namespace } = collection;
    const key = collectionKey(collection);
    const path = resourcePath(await this.#discovery.resource(apiVersion, kind, signal), namespace);
    const cache = new ObjectCache(this.changed);
    const refused = new AbortController();
    const onFailure = (error: unknown) => {
      // The definition was deleted, or rights were taken away. That the API server is gone, the other watches tell.
      if (!(error instanceof ApiRefusal) || error.isPassing) return;
      refused.abort();
      this.#custom.delete(key);
      this.#followingCustom.delete(key);
    };
    const ended = AbortSignal.any([this.#ended.signal, refused.signal]);
    this.#tasks.add(cache.follow(this.#api, path, { onFailure, signal: ended }));
    try {
      await cache.listed(signal);
      if (!refused.signal.aborted) this.#custom.set(key, cache);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
    }
  }

  /** A custom resource as it is, undefined where there is none; undefined altogether where its kind is not followed. */
  custom(collection: CustomCollection, name: string): { readonly object: KubernetesObject | undefined } | undefined {
    const cache = this.#custom.get(collectionKey(collection));
    return cache && { object: cache.get(collection.namespace, name) };
  }

  /** Those that are followed. */
  get namespaces(): Iterable<string> {
    return this.#namespaces.keys();
  }

  get(kind: FollowedKind, namespace: string, name: string): KubernetesObject | undefined {
    return this.#namespaces.get(namespace)?.get(kind)?.get(namespace, name);
  }

  /** All objects of a kind in a namespace. */
  all(kind: FollowedKind, namespace: string): Iterable<KubernetesObject> {
    return this.#namespaces.get(namespace)?.get(kind)?.all ?? [];
  }

  /** Objects of a kind whose controller is the object with this uid. */
  ownedBy(kind: FollowedKind, namespace: string, uid: string): KubernetesObject[] {
    return [...this.all(kind, namespace)].filter((object) =>
      object.metadata.ownerReferences?.some((owner) => owner.uid === uid),
    );
  }

  /** Events about the object with this uid. */
  eventsOf(namespace: string, uid: string): KubernetesObject[] {
    return [...this.all('Event', namespace)].filter((event) => event['involvedObject']?.uid === uid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#tasks.ended();
  }

  #failureCounter(): (error: unknown) => void {
    let failures = 0;
    return (error) => {
      failures = error === undefined ? 0 : failures + 1;
      if (failures >= LOST_AFTER_FAILURES) this.#onLost(error);
    };
  }
}
