import type { KubernetesObject } from './kubernetes-object.ts';

/** Kinds by when they are applied; a kind that is not listed, a custom resource above all, goes where `others` are. */
const RANKS: readonly (readonly string[])[] = [
  ['Namespace'],
  ['CustomResourceDefinition'],
  [
    'ResourceQuota',
    'LimitRange',
    'PriorityClass',
    'StorageClass',
    'RuntimeClass',
    'ServiceAccount',
    'ClusterRole',
    'Role',
    'ClusterRoleBinding',
    'RoleBinding',
  ],
  ['ConfigMap', 'Secret', 'SealedSecret', 'ExternalSecret'],
  ['PersistentVolume', 'PersistentVolumeClaim'],
  ['Service', 'Endpoints', 'EndpointSlice', 'NetworkPolicy', 'PodDisruptionBudget', 'IngressClass'],
];
const OTHERS = RANKS.length;
const WORKLOADS = [
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
];
const AFTER_WORKLOADS = [
  'Ingress',
  'HorizontalPodAutoscaler',
  'VerticalPodAutoscaler',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

/**
 * Orders objects so that each finds what it refers to: namespaces and definitions first, then accounts, configuration,
 * storage and networking, then workloads, and last what calls into workloads. Objects of one rank keep their order.
 */
export function applyOrder<T extends KubernetesObject>(objects: readonly T[]): T[] {
  return objects.toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
}

/** The reverse of {@link applyOrder}: what calls first, namespaces last. */
export function deleteOrder<T extends KubernetesObject>(objects: readonly T[]): T[] {
  return applyOrder(objects).reverse();
}

function rankOf(kind: string): number {
  if (WORKLOADS.includes(kind)) return OTHERS + 1;
  if (AFTER_WORKLOADS.includes(kind)) return OTHERS + 2;
  const rank = RANKS.findIndex((kinds) => kinds.includes(kind));
  return rank === -1 ? OTHERS : rank;
}
