import { randomInt, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../ports/kube-object.ts';
import { admitPod, newPodStatus } from '../resources/defaults/pod-defaults.ts';
import { setJobSelector } from '../resources/defaults/workload-defaults.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';

/** RFC 3339 in UTC with whole seconds, as the API server writes times. */
export function timestamp(milliseconds = Date.now()): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** Letters and digits without those that could make words or be mistaken; apimachinery's `util/rand`. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LONGEST_GENERATED_BASE = 58;

export function generatedName(base: string): string {
  const suffix = Array.from({ length: 5 }, () => SUFFIX_ALPHABET[randomInt(SUFFIX_ALPHABET.length)]).join('');
  return `${base.slice(0, LONGEST_GENERATED_BASE)}${suffix}`;
}

/** The object as it is stored first: what only the server may say is the server's. */
export function prepareForCreate(kind: ResourceKind, object: KubeObject): KubeObject {
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, managedFields: ___, ...sent } = object.metadata;
  const metadata = {
    ...sent,
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...(kind.hasGeneration ? { generation: 1 } : {}),
  };
  if (!kind.hasGeneration) delete (metadata as { generation?: number }).generation;
  const created: KubeObject = { ...object, metadata };
  if (kind.hasStatus) {
    const status = newStatus(kind, created);
    if (status === undefined) delete created['status'];
    else created['status'] = status;
  }
  if (kind.resource === 'namespaces') created['spec'] = { ...created['spec'], finalizers: ['kubernetes'] };
  if (kind.resource === 'pods') admitPod(created);
  if (kind.resource === 'jobs.batch') setJobSelector(created);
  return created;
}

function newStatus(kind: ResourceKind, object: KubeObject): unknown {
  if (kind.custom) return undefined;
  switch (kind.resource) {
    case 'pods':
      return newPodStatus(object['spec']);
    case 'namespaces':
      return { phase: 'Active' };
    case 'persistentvolumeclaims':
    case 'persistentvolumes':
      return { phase: 'Pending' };
    case 'services':
    case 'ingresses.networking.k8s.io':
      return { loadBalancer: {} };
    case 'deployments.apps':
    case 'jobs.batch':
    case 'cronjobs.batch':
    case 'resourcequotas':
      return {};
    case 'replicasets.apps':
    case 'replicationcontrollers':
      return { replicas: 0 };
    case 'statefulsets.apps':
      return { replicas: 0, availableReplicas: 0 };
    case 'daemonsets.apps':
      return { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    case 'poddisruptionbudgets.policy':
      return { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    case 'horizontalpodautoscalers.autoscaling':
      return { desiredReplicas: 0, currentMetrics: null };
    case 'customresourcedefinitions.apiextensions.k8s.io':
      return establishedStatus(object);
    default:
      return object['status'];
  }
}

/** Custom resources are served as soon as their definition is stored. */
function establishedStatus({ spec }: KubeObject): unknown {
  const said = { status: 'True', lastTransitionTime: timestamp() };
  return {
    conditions: [
      { type: 'NamesAccepted', ...said, reason: 'NoConflicts', message: 'no conflicts found' },
      { type: 'Established', ...said, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
    ],
    acceptedNames: spec?.names,
    storedVersions: (spec?.versions ?? []).flatMap(({ name, storage }: { name: string; storage: boolean }) =>
      storage ? [name] : [],
    ),
  };
}

/** The object as an update leaves it: of what was sent, what this way of writing may change. */
export function prepareForUpdate(
  kind: ResourceKind,
  object: KubeObject,
  live: KubeObject,
  subresource: string,
): KubeObject {
  if (subresource === 'status') {
    const updated: KubeObject = { ...live };
    if (object['status'] === undefined) delete updated['status'];
    else updated['status'] = object['status'];
    return updated;
  }
  const updated: KubeObject = { ...object, metadata: keptMetadata(object, live) };
  if (kind.hasStatus) {
    if (live['status'] === undefined) delete updated['status'];
    else updated['status'] = live['status'];
  }
  if (kind.resource === 'namespaces') updated['spec'] = live['spec'];
  return withGeneration(kind, updated, live);
}

/** What no client may change in metadata. */
export function keptMetadata({ metadata }: KubeObject, live: KubeObject): KubeObject['metadata'] {
  const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...sent } = metadata;
  const kept: KubeObject['metadata'] = { ...sent };
  for (const field of [
    'uid',
    'creationTimestamp',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generateName',
    'managedFields',
  ] as const) {
    delete kept[field];
    if (live.metadata[field] !== undefined) Object.assign(kept, { [field]: live.metadata[field] });
  }
  return kept;
}

/** One generation more where anything but metadata and status differs. */
export function withGeneration(kind: ResourceKind, object: KubeObject, live: KubeObject): KubeObject {
  if (!kind.hasGeneration || !isWantedChanged(kind, object, live)) return object;
  return { ...object, metadata: { ...object.metadata, generation: (live.metadata.generation ?? 0) + 1 } };
}

function isWantedChanged(kind: ResourceKind, object: KubeObject, live: KubeObject): boolean {
  const wanted = (of: KubeObject) => {
    const { metadata: _, status, apiVersion: __, ...rest } = of;
    return kind.hasStatus ? rest : { ...rest, status };
  };
  return !isDeepStrictEqual(wanted(object), wanted(live));
}

/** Whether nothing keeps an object any more that is being deleted. */
export function mayGo(kind: ResourceKind, { metadata, spec }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (kind.resource !== 'pods' || (metadata.deletionGracePeriodSeconds ?? 0) === 0) &&
    (kind.resource !== 'namespaces' || (spec?.finalizers ?? []).length === 0)
  );
}
