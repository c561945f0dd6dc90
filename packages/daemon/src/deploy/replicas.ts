import type { Manifest } from '../project/project.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

const SCALABLE = ['Deployment', 'StatefulSet', 'ReplicaSet'];

/** Whether an object has a number of replicas. */
export function isScalable({ kind }: KubernetesObject): boolean {
  return SCALABLE.includes(kind);
}

/** Manifests with this number of replicas, whatever they say; undefined: as they are. */
export function withReplicas(manifests: readonly Manifest[], replicas: number | undefined): readonly Manifest[] {
  if (replicas === undefined) return manifests;
  return manifests.map((manifest) => {
    const { object } = manifest;
    return isScalable(object)
      ? { ...manifest, object: { ...object, spec: { ...object['spec'], replicas } } }
      : manifest;
  });
}
