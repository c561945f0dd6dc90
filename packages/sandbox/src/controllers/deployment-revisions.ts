import type { KubeObject } from '../ports/kube-object.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, replicasOf, rollingBounds } from './deployment-scale.ts';
import { controllerReference } from './owned-objects.ts';
import { isSameTemplate, POD_TEMPLATE_HASH } from './template-hash.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';

/** Annotations of a Deployment that are not its ReplicaSets': pkg/controller/deployment/util annotationsToSkip. */
const OWN_ANNOTATIONS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
];

export function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** The ReplicaSet of the Deployment's template: FindNewReplicaSet, the oldest of them where there are several. */
export function newestSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  return byAge(sets).find((set) => isSameTemplate(deployment, set));
}

/** The older ReplicaSets: first those that have pods. */
export function byAge(sets: readonly KubeObject[]): KubeObject[] {
  return sets.toSorted(
    (a, b) =>
      Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );
}

/** Annotations of the newest ReplicaSet: SetNewReplicaSetAnnotations. */
export function setAnnotations(
  deployment: KubeObject,
  before: Readonly<Record<string, string>>,
  revision: number,
): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN_ANNOTATIONS.includes(key));
  const annotations = { ...before, ...Object.fromEntries(own) };
  const old = before[REVISION];
  if (Number(old ?? 0) < revision) {
    annotations[REVISION] = String(revision);
    if (old !== undefined) {
      annotations[REVISION_HISTORY] = [before[REVISION_HISTORY], old].filter(Boolean).join(',');
    }
  }
  return annotations;
}

/** What a ReplicaSet is told of the size that its Deployment wants: SetReplicasAnnotations. */
export function sizeAnnotations(deployment: KubeObject): Record<string, string> {
  const wanted: number = deployment['spec'].replicas ?? 1;
  return { [DESIRED_REPLICAS]: String(wanted), [MAX_REPLICAS]: String(wanted + rollingBounds(deployment).maxSurge) };
}

/** The old ReplicaSets that the history has no room for, the oldest first: cleanupDeployment. */
export function surplusSets(deployment: KubeObject, old: readonly KubeObject[]): KubeObject[] {
  const limit: number = deployment['spec'].revisionHistoryLimit ?? 10;
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return alive
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, alive.length - limit))
    .filter(
      (set) =>
        replicasOf(set) === 0 &&
        (set['status']?.replicas ?? 0) === 0 &&
        (set['status']?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0),
    );
}

/** A ReplicaSet of the Deployment's template: getNewReplicaSet. */
export function newSet(deployment: KubeObject, old: readonly KubeObject[], hash: string, size: number): KubeObject {
  const { metadata, spec } = deployment;
  const { template, selector, minReadySeconds } = spec;
  const label = { [POD_TEMPLATE_HASH]: hash };
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { ...template.metadata?.labels, ...label },
      annotations: { ...setAnnotations(deployment, {}, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: size,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, ...label } },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...label } } },
    },
  };
}
