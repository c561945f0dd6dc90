import { type AskedKinds, type ClusterObjects, FIELD_MANAGER } from '../deploy/cluster-objects.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { PROJECT_LABEL } from '../deploy/pin-images.ts';
import type { ApiClient } from './api-client.ts';
import { ApiRefusal } from './api-errors.ts';
import { type Discovery, type Resource, resourcePath } from './discovery.ts';
import { withListKeys } from './list-keys.ts';
import { watchObjects } from './object-watch.ts';

const APPLY = 'application/apply-patch+yaml';
/** Another manager than that of what is applied: the next apply would take the annotation away as no longer wanted. */
const RESTART_MANAGER = `${FIELD_MANAGER}-restart`;
/** Annotation that says when a pod was changed in nothing else. */
const TOUCHED = 'devloop.dev/touched';
/** The kinds that run something or lead to it, in versions that every supported cluster has. */
const LIKELY = [
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['batch/v1', 'Job'],
] as const;
const STRATEGIC_MERGE = 'application/strategic-merge-patch+json';

/** {@link ClusterObjects} on the Kubernetes API. */
export class KubernetesObjects implements ClusterObjects {
  readonly #api: ApiClient;
  readonly #discovery: Discovery;
  /** The kinds of which something was applied. */
  readonly #applied = new Set<Resource>();
  /** The kinds of which a project had something when all were asked for. */
  readonly #found = new Map<string, readonly Resource[]>();

  constructor(api: ApiClient, discovery: Discovery) {
    this.#api = api;
    this.#discovery = discovery;
  }

  async isNamespaced(apiVersion: string, kind: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#discovery.resource(apiVersion, kind, signal)).namespaced;
  }

  async get(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return await this.#api.json<KubernetesObject>(await this.#pathOf(object, signal), { signal });
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  async apply(object: KubernetesObject, signal: AbortSignal, dryRun = false): Promise<KubernetesObject> {
    const { apiVersion, kind, metadata } = object;
    const resource = await this.#discovery.resource(apiVersion, kind, signal);
    if (!dryRun) this.#applied.add(resource);
    return await this.#api.json<KubernetesObject>(resourcePath(resource, metadata.namespace, metadata.name), {
      method: 'PATCH',
      query: { fieldManager: FIELD_MANAGER, force: true, dryRun: dryRun ? 'All' : undefined },
      contentType: APPLY,
      body: withListKeys(object),
      signal,
    });
  }

  async couldCreate(object: KubernetesObject, signal: AbortSignal): Promise<boolean> {
    const resource = await this.#discovery.resource(object.apiVersion, object.kind, signal);
    const copy = structuredClone(object);
    copy.metadata.name = `devloop-check-${Math.random().toString(36).slice(2, 10)}`;
    // What one object only may have at a time would be refused for the copy, whatever the original's faults.
    if (copy.kind === 'Service') {
      delete copy['spec']?.clusterIP;
      for (const port of copy['spec']?.ports ?? []) delete port.nodePort;
    }
    try {
      await this.#api.json(resourcePath(resource, copy.metadata.namespace), {
        method: 'POST',
        query: { dryRun: 'All', fieldManager: FIELD_MANAGER },
        body: copy,
        signal,
      });
      return true;
    } catch (error) {
      if (error instanceof ApiRefusal) return false;
      throw error;
    }
  }

  async patchImages(
    object: { kind: 'Pod' | 'ReplicaSet'; apiVersion: string; namespace: string; name: string },
    images: readonly { readonly name: string; readonly image: string }[],
    signal: AbortSignal,
  ): Promise<KubernetesObject> {
    const resource = await this.#discovery.resource(object.apiVersion, object.kind, signal);
    const podSpec = { spec: { containers: images } };
    return await this.#api.json<KubernetesObject>(resourcePath(resource, object.namespace, object.name), {
      method: 'PATCH',
      query: { fieldManager: FIELD_MANAGER },
      contentType: STRATEGIC_MERGE,
      body: object.kind === 'Pod' ? podSpec : { spec: { template: podSpec } },
      signal,
    });
  }

  async restart(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject> {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
    return await this.#api.json<KubernetesObject>(await this.#pathOf(object, signal), {
      method: 'PATCH',
      query: { fieldManager: RESTART_MANAGER },
      contentType: STRATEGIC_MERGE,
      body: { spec: { template: { metadata: { annotations } } } },
      signal,
    });
  }

  async touch(pod: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject> {
    const { name, namespace } = pod.metadata;
    const resource = await this.#discovery.resource('v1', 'Pod', signal);
    return await this.#api.json<KubernetesObject>(resourcePath(resource, namespace, name), {
      method: 'PATCH',
      query: { fieldManager: FIELD_MANAGER },
      contentType: STRATEGIC_MERGE,
      body: { metadata: { annotations: { [TOUCHED]: new Date().toISOString() } } },
      signal,
    });
  }

  async delete(object: KubernetesObject, signal: AbortSignal): Promise<void> {
    await this.#delete(object, signal, 'Background');
  }

  async deleteAndWait(object: KubernetesObject, signal: AbortSignal, dependants = false): Promise<void> {
    const uid = await this.#delete(object, signal, dependants ? 'Foreground' : 'Background');
    if (uid === undefined) return;
    const resource = await this.#discovery.resource(object.apiVersion, object.kind, signal);
    await this.#gone(resource, object.metadata.namespace, object.metadata.name, uid, signal);
  }

  /** Answers with the uid of what is being deleted; undefined where it was not there any more. */
  async #delete(
    object: KubernetesObject,
    signal: AbortSignal,
    propagationPolicy: 'Foreground' | 'Background',
  ): Promise<string | undefined> {
    const resource = await this.#discovery.resource(object.apiVersion, object.kind, signal);
    const { name, namespace } = object.metadata;
    try {
      const live = await this.#api.json<KubernetesObject>(resourcePath(resource, namespace, name), { signal });
      const { uid } = live.metadata;
      await this.#api.json(resourcePath(resource, namespace, name), {
        method: 'DELETE',
        body: {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy,
          // The object that was meant, not one of the same name that came since.
          preconditions: { uid },
        },
        signal,
      });
      return uid;
    } catch (error) {
      if (error instanceof ApiRefusal && (error.status === 404 || error.status === 409)) return undefined;
      throw error;
    }
  }

  async applied(project: string, asked: AskedKinds, signal: AbortSignal): Promise<KubernetesObject[]> {
    const found = asked === 'all' ? undefined : this.#found.get(project);
    const isAll = found === undefined && asked !== 'likely';
    const kinds = isAll ? await this.#discovery.deletable(signal) : await this.#withApplied(found, signal);
    const lists = await this.#discovery.ofEach(kinds, (kind) => this.#appliedOf(kind, project, signal), signal);
    if (isAll) {
      this.#found.set(
        project,
        kinds.filter((_, index) => lists[index]?.length),
      );
    }
    const byUid = new Map<string, KubernetesObject>();
    for (const object of lists.flat()) {
      if (object.metadata.uid !== undefined) byUid.set(object.metadata.uid, object);
    }
    return [...byUid.values()];
  }

  async #appliedOf(resource: Resource, project: string, signal: AbortSignal): Promise<KubernetesObject[]> {
    try {
      const { items } = await this.#api.json<{ items: KubernetesObject[] }>(resourcePath(resource, undefined), {
        query: { labelSelector: `${PROJECT_LABEL}=${project}` },
        signal,
      });
      const { apiVersion, kind } = resource;
      return items.filter(isOurs).map((item) => ({ ...item, apiVersion, kind }));
    } catch (error) {
      // Kinds that this user may not list hold nothing that this user applied.
      if (error instanceof ApiRefusal && (error.status === 403 || error.status === 404 || error.status === 405)) {
        return [];
      }
      throw error;
    }
  }

  async #withApplied(found: readonly Resource[] | undefined, signal: AbortSignal): Promise<Resource[]> {
    const kinds = [...(found ?? (await this.#likely(signal))), ...this.#applied];
    return [...new Map(kinds.map((kind) => [resourcePath(kind, undefined), kind])).values()];
  }

  #likely(signal: AbortSignal): Promise<Resource[]> {
    return Promise.all(LIKELY.map(([apiVersion, kind]) => this.#discovery.resource(apiVersion, kind, signal)));
  }

  async #gone(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    uid: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const ended = new AbortController();
    const collection = `${resourcePath(resource, namespace)}?fieldSelector=metadata.name%3D${encodeURIComponent(name)}`;
    try {
      for await (const change of watchObjects(this.#api, collection, {
        signal: AbortSignal.any([signal, ended.signal]),
      })) {
        if (change.type === 'listed' && !change.objects.some((object) => object.metadata.uid === uid)) return;
        if (change.type === 'deleted' && change.object.metadata.uid === uid) return;
      }
    } finally {
      ended.abort();
    }
    signal.throwIfAborted();
  }

  async #pathOf(object: KubernetesObject, signal: AbortSignal): Promise<string> {
    const resource = await this.#discovery.resource(object.apiVersion, object.kind, signal);
    return resourcePath(resource, object.metadata.namespace, object.metadata.name);
  }
}

/** Labels are copied by controllers (to Endpoints, EndpointSlices); being the field manager and ownerless is not. */
function isOurs(object: KubernetesObject): boolean {
  const applied = object.metadata.managedFields?.some(
    ({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply',
  );
  return applied === true && (object.metadata.ownerReferences ?? []).length === 0;
}
