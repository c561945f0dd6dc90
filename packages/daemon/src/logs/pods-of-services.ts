import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { ClusterView, FollowedKind } from '../kubernetes/cluster-view.ts';
import type { ServiceSpec } from '../project/project.ts';

/** Kinds between a workload and its pods. */
const BETWEEN: readonly FollowedKind[] = ['ReplicaSet', 'Job', 'Deployment', 'StatefulSet', 'DaemonSet'];

/** The workloads of services, for finding whose a pod is. */
export class WorkloadOwners {
  readonly namespaces: readonly string[];
  readonly #services = new Map<string, string[]>();

  /** @param namespace of objects that name none */
  constructor(services: readonly ServiceSpec[], namespace: string) {
    const namespaces = new Set<string>();
    for (const { name, manifests } of services) {
      for (const { object, custom } of manifests) {
        if (podTemplateOf(object) === undefined && custom === undefined) continue;
        const of = object.metadata.namespace ?? namespace;
        namespaces.add(of);
        const key = keyOf(of, object.kind, object.metadata.name);
        this.#services.set(key, [...(this.#services.get(key) ?? []), name]);
      }
    }
    this.namespaces = [...namespaces];
  }

  /** The services whose workload has made a pod, by whatever is between them; none for a stranger's pod. */
  servicesOf(pod: KubernetesObject, view: Pick<ClusterView, 'get'>): readonly string[] {
    const namespace = pod.metadata.namespace ?? '';
    let object: KubernetesObject | undefined = pod;
    while (object !== undefined) {
      const found = this.#services.get(keyOf(namespace, object.kind, object.metadata.name));
      if (found !== undefined) return found;
      const owners: { kind: string; name: string; controller?: boolean }[] = object.metadata.ownerReferences ?? [];
      const owner = owners.find(({ controller }) => controller) ?? owners[0];
      if (owner === undefined) return [];
      const owned = this.#services.get(keyOf(namespace, owner.kind, owner.name));
      if (owned !== undefined) return owned;
      const between: FollowedKind | undefined = BETWEEN.find((kind) => kind === owner.kind);
      object = between === undefined ? undefined : view.get(between, namespace, owner.name);
    }
    return [];
  }
}

function keyOf(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}
