import { type ClusterObjects, FIELD_MANAGER } from './cluster-objects.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { PROJECT_LABEL } from './pin-images.ts';
import { containersOf } from './workload-images.ts';

/** A refusal as the API server's, by its status. */
export class FakeRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** {@link ClusterObjects} in memory, with a journal of what was asked of it. */
export class FakeClusterObjects implements ClusterObjects {
  readonly objects = new Map<string, KubernetesObject>();
  /** `apply Deployment/web`, `delete ConfigMap/a`, … */
  readonly journal: string[] = [];
  /** Asked before every apply; throws to refuse it. */
  admit: (object: KubernetesObject, live: KubernetesObject | undefined) => void = () => undefined;
  /** Whether an object is sound in itself. */
  isValid: (object: KubernetesObject) => boolean = () => true;
  #version = 0;

  async isNamespaced(_apiVersion: string, kind: string): Promise<boolean> {
    return kind !== 'Namespace' && !kind.startsWith('Cluster');
  }

  async get(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    return structuredClone(this.objects.get(keyOf(object)));
  }

  async apply(object: KubernetesObject): Promise<KubernetesObject> {
    this.journal.push(`apply ${nameOf(object)}`);
    const live = this.objects.get(keyOf(object));
    this.admit(object, live);
    const { metadata } = object;
    const isSame = live !== undefined && JSON.stringify(contentOf(live)) === JSON.stringify(contentOf(object));
    if (isSame) return structuredClone(live);
    this.#version += 1;
    const stored = structuredClone(object);
    stored.metadata = {
      ...metadata,
      uid: live?.metadata.uid ?? `uid-${this.#version}`,
      generation: (live?.metadata.generation ?? 0) + 1,
      resourceVersion: String(this.#version),
      managedFields: [{ manager: FIELD_MANAGER, operation: 'Apply' }],
    };
    this.objects.set(keyOf(object), stored);
    return structuredClone(stored);
  }

  async couldCreate(object: KubernetesObject): Promise<boolean> {
    return this.isValid(object);
  }

  async patchImages(
    object: { kind: 'Pod' | 'ReplicaSet'; apiVersion: string; namespace: string; name: string },
    images: readonly { readonly name: string; readonly image: string }[],
  ): Promise<KubernetesObject> {
    const { kind, apiVersion, namespace, name } = object;
    this.journal.push(`patch ${kind}/${name}`);
    const live = this.objects.get(keyOf({ kind, apiVersion, metadata: { name, namespace } }));
    if (live === undefined) throw new FakeRefusal(404);
    for (const container of containersOf(live)) {
      const image = images.find((one) => one.name === container.name)?.image;
      if (image !== undefined) container.image = image;
    }
    return structuredClone(live);
  }

  async touch(object: KubernetesObject): Promise<KubernetesObject> {
    this.journal.push(`touch ${nameOf(object)}`);
    return object;
  }

  async restart(object: KubernetesObject): Promise<KubernetesObject> {
    this.journal.push(`restart ${nameOf(object)}`);
    const live = this.objects.get(keyOf(object));
    if (live === undefined) throw new FakeRefusal(404);
    live.metadata.generation = (live.metadata.generation ?? 0) + 1;
    return structuredClone(live);
  }

  async delete(object: KubernetesObject): Promise<void> {
    await this.deleteAndWait(object);
  }

  async deleteAndWait(object: KubernetesObject): Promise<void> {
    this.journal.push(`delete ${nameOf(object)}`);
    this.objects.delete(keyOf(object));
  }

  async applied(project: string): Promise<KubernetesObject[]> {
    return [...this.objects.values()].filter((object) => object.metadata.labels?.[PROJECT_LABEL] === project);
  }
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}

/** Without the version: the same object is had in all versions of its group. */
function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return `${group} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function contentOf({ metadata, ...rest }: KubernetesObject): unknown {
  const { name, namespace, labels, annotations } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations } };
}
