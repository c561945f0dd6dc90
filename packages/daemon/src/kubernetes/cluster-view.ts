import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Bell } from '../support/bell.ts';
import { TaskSet } from '../support/task-set.ts';
import type { ApiClient } from './api-client.ts';
import { groupPath } from './discovery.ts';
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

/** What runs in the namespaces of the project, kept current by watches. */
export class ClusterView implements AsyncDisposable {
  readonly changed = new Bell();
  readonly #api: ApiClient;
  readonly #onLost: (error: unknown) => void;
  readonly #namespaces = new Map<string, Map<FollowedKind, ObjectCache>>();
  readonly #ended = new AbortController();
  readonly #tasks: TaskSet;

  /** @param onLost told when the API server no longer answers */
  constructor(api: ApiClient, onLost: (error: unknown) => void) {
    this.#api = api;
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
