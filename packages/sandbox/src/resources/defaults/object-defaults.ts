import type { KubeObject } from '../../ports/kube-object.ts';
import type { ResourceName } from '../../ports/object-store.ts';
import { setPodDefaults } from './pod-defaults.ts';
import { setServiceDefaults } from './service-defaults.ts';
import {
  setCronJobDefaults,
  setDaemonSetDefaults,
  setDeploymentDefaults,
  setJobDefaults,
  setReplicaSetDefaults,
  setReplicationControllerDefaults,
  setStatefulSetDefaults,
  setTemplateDefaults,
} from './workload-defaults.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** What the API server fills in, by resource. Each changes the object in place, and twice is as once. */
const DEFAULTS: Readonly<Record<ResourceName, (object: KubeObject) => void>> = {
  pods: setPodDefaults,
  podtemplates: (object) => setTemplateDefaults(object),
  replicationcontrollers: setReplicationControllerDefaults,
  services: setServiceDefaults,
  namespaces: setNamespaceDefaults,
  secrets: setSecretDefaults,
  endpoints: ({ subsets }) => {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ??= 'TCP';
  },
  persistentvolumeclaims: ({ spec }) => {
    if (spec !== undefined) spec.volumeMode ??= 'Filesystem';
  },
  persistentvolumes: ({ spec }) => {
    if (spec === undefined) return;
    spec.volumeMode ??= 'Filesystem';
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
  },
  'deployments.apps': setDeploymentDefaults,
  'replicasets.apps': setReplicaSetDefaults,
  'statefulsets.apps': setStatefulSetDefaults,
  'daemonsets.apps': setDaemonSetDefaults,
  'jobs.batch': setJobDefaults,
  'cronjobs.batch': setCronJobDefaults,
  'endpointslices.discovery.k8s.io': ({ ports }) => {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  'networkpolicies.networking.k8s.io': setNetworkPolicyDefaults,
  'horizontalpodautoscalers.autoscaling': ({ spec }) => {
    if (spec === undefined) return;
    spec.minReplicas ??= 1;
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
    spec.metrics ??= [{ type: 'Resource', resource: cpu }];
  },
  [`rolebindings.${RBAC}`]: setBindingDefaults,
  [`clusterrolebindings.${RBAC}`]: setBindingDefaults,
  'storageclasses.storage.k8s.io': (object) => {
    object['reclaimPolicy'] ??= 'Delete';
    object['volumeBindingMode'] ??= 'Immediate';
  },
  'priorityclasses.scheduling.k8s.io': (object) => {
    object['preemptionPolicy'] ??= 'PreemptLowerPriority';
  },
  'customresourcedefinitions.apiextensions.k8s.io': ({ spec }) => {
    if (spec?.names === undefined) return;
    spec.names.singular ??= String(spec.names.kind).toLowerCase();
    spec.names.listKind ??= `${spec.names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
  },
};

/** Fills in what a newly decoded object leaves out. Changes it in place. */
export function setDefaults(resource: ResourceName, object: KubeObject): void {
  DEFAULTS[resource]?.(object);
}

function setNamespaceDefaults({ metadata }: KubeObject): void {
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}

function setSecretDefaults(secret: KubeObject): void {
  secret['type'] ??= 'Opaque';
  const { stringData } = secret;
  if (stringData === undefined) return;
  delete secret['stringData']; // only for writing
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  secret['data'] = { ...secret['data'], ...Object.fromEntries(encoded) };
}

function setNetworkPolicyDefaults({ spec }: KubeObject): void {
  if (spec === undefined) return;
  spec.policyTypes ??= (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
  }
}

function setBindingDefaults({ roleRef, subjects }: KubeObject): void {
  if (roleRef !== undefined) roleRef.apiGroup ??= RBAC;
  for (const subject of subjects ?? []) if (subject.kind !== 'ServiceAccount') subject.apiGroup ??= RBAC;
}
