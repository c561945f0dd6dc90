import type { KubeObject } from '../../ports/kube-object.ts';
import type { ResourceName } from '../../ports/object-store.ts';
import { joinLabels, selectorText } from '../label-selector.ts';
import type { ResourceKind } from '../resource-kind.ts';
import type { Fields } from '../schema/fields.ts';
import { ageOf, humanDuration } from './age.ts';
import { AGE, type Column, NAME, number, text, wide } from './column.ts';
import { POD_COLUMNS } from './pod-columns.ts';
import { endpointsText, externalAddress, ingressAddress, servicePorts } from './service-columns.ts';

type Cell = Column['value'];

const CREATED: Column = { ...text('Created At', ({ metadata }) => metadata.creationTimestamp ?? ''), type: 'date' };

/** The columns in which `kubectl get` shows a kind. */
export function columnsOf(kind: ResourceKind): readonly Column[] {
  if (kind.columns !== undefined) return [NAME, ...kind.columns];
  return COLUMNS[kind.resource] ?? [NAME, kind.custom ? AGE : CREATED];
}

const containersOf = ({ spec }: KubeObject): Fields[] => spec?.template?.spec?.containers ?? [];
const CONTAINERS = wide(
  text('Containers', (object) =>
    containersOf(object)
      .map(({ name }) => name)
      .join(','),
  ),
);
const IMAGES = wide(
  text('Images', (object) =>
    containersOf(object)
      .map(({ image }) => image)
      .join(','),
  ),
);
const SELECTOR = wide(text('Selector', ({ spec }) => selectorText(spec?.selector)));
const WORKLOAD = [CONTAINERS, IMAGES, SELECTOR];

const count = (object: KubeObject, field: string): number => Number(object['status']?.[field] ?? 0);
const sizeOf = (map: object | undefined): number => Object.keys(map ?? {}).length;

const JOB_STATUS: Cell = ({ status, metadata }) => {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  const isTrue = (type: string) =>
    (status?.conditions ?? []).some(
      (condition: Fields) => condition['type'] === type && condition['status'] === 'True',
    );
  return ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(isTrue) ?? 'Running';
};

const COMPLETIONS: Cell = ({ spec, status }) => {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  return (spec?.parallelism ?? 0) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
};

const JOB_DURATION: Cell = ({ status }, now) => {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? now : Date.parse(status.completionTime);
  return humanDuration(end - Date.parse(status.startTime));
};

const nodeRoles: Cell = ({ metadata }) => {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(metadata.labels ?? {}).flatMap((key) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
  );
  return roles.toSorted().join(',') || '<none>';
};

const nodeStatus: Cell = ({ spec, status }) => {
  const ready = (status?.conditions ?? []).find(({ type }: Fields) => type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec?.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
};

const nodeAddress =
  (type: string): Cell =>
  ({ status }) =>
    (status?.addresses ?? []).find((address: Fields) => address['type'] === type)?.address ?? '<none>';

const accessModes = (modes: readonly string[] | undefined): string =>
  (modes ?? []).map((mode) => mode.replace(/[a-z]/g, '')).join(',');

const claimStatus: Cell = ({ metadata, status }) =>
  metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating';

const COLUMNS: Readonly<Record<ResourceName, readonly Column[]>> = {
  pods: POD_COLUMNS,
  'deployments.apps': [
    NAME,
    text('Ready', (object) => `${count(object, 'readyReplicas')}/${object['spec']?.replicas ?? 0}`),
    number('Up-to-date', (object) => count(object, 'updatedReplicas')),
    number('Available', (object) => count(object, 'availableReplicas')),
    AGE,
    ...WORKLOAD,
  ],
  'replicasets.apps': replicaColumns(),
  replicationcontrollers: replicaColumns(),
  'statefulsets.apps': [
    NAME,
    text('Ready', (object) => `${count(object, 'readyReplicas')}/${object['spec']?.replicas ?? 0}`),
    AGE,
    CONTAINERS,
    IMAGES,
  ],
  'daemonsets.apps': [
    NAME,
    number('Desired', (object) => count(object, 'desiredNumberScheduled')),
    number('Current', (object) => count(object, 'currentNumberScheduled')),
    number('Ready', (object) => count(object, 'numberReady')),
    number('Up-to-date', (object) => count(object, 'updatedNumberScheduled')),
    number('Available', (object) => count(object, 'numberAvailable')),
    text('Node Selector', ({ spec }) => joinLabels(spec?.template?.spec?.nodeSelector) || '<none>'),
    AGE,
    ...WORKLOAD,
  ],
  'jobs.batch': [
    NAME,
    text('Status', JOB_STATUS),
    text('Completions', COMPLETIONS),
    text('Duration', JOB_DURATION),
    AGE,
    ...WORKLOAD,
  ],
  'cronjobs.batch': [
    NAME,
    text('Schedule', ({ spec }) => spec?.schedule ?? ''),
    text('Timezone', ({ spec }) => spec?.timeZone ?? '<none>'),
    text('Suspend', ({ spec }) => (spec?.suspend === true ? 'True' : 'False')),
    number('Active', ({ status }) => (status?.active ?? []).length),
    text('Last Schedule', ({ status }, now) =>
      status?.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, now),
    ),
    AGE,
  ],
  services: [
    NAME,
    text('Type', ({ spec }) => spec?.type ?? ''),
    text('Cluster-IP', ({ spec }) => spec?.clusterIP ?? '<none>'),
    text('External-IP', externalAddress),
    text('Port(s)', servicePorts),
    AGE,
    wide(text('Selector', ({ spec }) => joinLabels(spec?.selector) || '<none>')),
  ],
  endpoints: [NAME, text('Endpoints', endpointsText), AGE],
  'endpointslices.discovery.k8s.io': [
    NAME,
    text('AddressType', ({ addressType }) => addressType ?? ''),
    text('Ports', ({ ports }) => (ports ?? []).map(({ port }: Fields) => port ?? '*').join(',') || '<unset>'),
    text(
      'Endpoints',
      ({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }: Fields) => addresses).join(',') || '<unset>',
    ),
    AGE,
  ],
  events: [
    text('Last Seen', ({ lastTimestamp, series, eventTime, firstTimestamp }, now) =>
      ageOf(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp, now),
    ),
    text('Type', ({ type }) => type ?? ''),
    text('Reason', ({ reason }) => reason ?? ''),
    text(
      'Object',
      ({ involvedObject }) => `${String(involvedObject?.kind ?? '').toLowerCase()}/${involvedObject?.name ?? ''}`,
    ),
    wide(text('Subobject', ({ involvedObject }) => involvedObject?.fieldPath ?? '')),
    wide(
      text('Source', ({ source, reportingComponent }) =>
        [source?.component ?? reportingComponent, source?.host].filter((part) => part).join(', '),
      ),
    ),
    text('Message', ({ message }) => String(message ?? '').trim()),
    wide(text('First Seen', ({ firstTimestamp, eventTime }, now) => ageOf(firstTimestamp ?? eventTime, now))),
    wide(number('Count', ({ count: times, series }) => series?.count ?? times ?? 1)),
    wide(NAME),
  ],
  nodes: [
    NAME,
    text('Status', nodeStatus),
    text('Roles', nodeRoles),
    AGE,
    text('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wide(text('Internal-IP', nodeAddress('InternalIP'))),
    wide(text('External-IP', nodeAddress('ExternalIP'))),
    wide(text('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>')),
    wide(text('Kernel-Version', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>')),
    wide(text('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>')),
  ],
  namespaces: [NAME, text('Status', ({ status }) => status?.phase ?? ''), AGE],
  configmaps: [NAME, number('Data', ({ data, binaryData }) => sizeOf(data) + sizeOf(binaryData)), AGE],
  secrets: [NAME, text('Type', ({ type }) => type ?? ''), number('Data', ({ data }) => sizeOf(data)), AGE],
  serviceaccounts: [NAME, text('Secrets', ({ secrets }) => (secrets ?? []).length), AGE],
  persistentvolumeclaims: [
    NAME,
    text('Status', claimStatus),
    text('Volume', ({ spec }) => spec?.volumeName ?? ''),
    text('Capacity', ({ status }) => status?.capacity?.storage ?? ''),
    text('Access Modes', ({ status }) => accessModes(status?.accessModes)),
    text('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
    text('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    AGE,
    wide(text('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>')),
  ],
  persistentvolumes: [
    NAME,
    text('Capacity', ({ spec }) => spec?.capacity?.storage ?? ''),
    text('Access Modes', ({ spec }) => accessModes(spec?.accessModes)),
    text('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
    text('Status', claimStatus),
    text('Claim', ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')),
    text('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
    text('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    text('Reason', ({ status }) => status?.reason ?? ''),
    AGE,
    wide(text('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>')),
  ],
  'ingresses.networking.k8s.io': [
    NAME,
    text('Class', ({ spec }) => spec?.ingressClassName ?? '<none>'),
    text('Hosts', ({ spec }) => (spec?.rules ?? []).map(({ host }: Fields) => host || '*').join(',') || '*'),
    text('Address', ingressAddress),
    text('Ports', ({ spec }) => (spec?.tls === undefined ? '80' : '80, 443')),
    AGE,
  ],
  'storageclasses.storage.k8s.io': [
    {
      ...NAME,
      value: ({ metadata }) =>
        metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    text('Provisioner', ({ provisioner }) => provisioner ?? ''),
    text('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    text('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
    text('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    AGE,
  ],
  'customresourcedefinitions.apiextensions.k8s.io': [NAME, CREATED],
};

function replicaColumns(): Column[] {
  return [
    NAME,
    number('Desired', ({ spec }) => spec?.replicas ?? 0),
    number('Current', (object) => count(object, 'replicas')),
    number('Ready', (object) => count(object, 'readyReplicas')),
    AGE,
    ...WORKLOAD,
  ];
}
