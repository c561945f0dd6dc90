import type { KubeObject } from '../../ports/kube-object.ts';
import type { Fields } from '../schema/fields.ts';

/** `defaultMode` of files in volumes: 0644. */
const FILE_MODE = 0o644;

/** Defaults of a pod template's spec; kubernetes' pkg/apis/core/v1/defaults.go. Changes it in place. */
export function setPodSpecDefaults(spec: Fields): void {
  spec['dnsPolicy'] ??= 'ClusterFirst';
  spec['restartPolicy'] ??= 'Always';
  spec['terminationGracePeriodSeconds'] ??= 30;
  spec['securityContext'] ??= {};
  spec['schedulerName'] ??= 'default-scheduler';
  // The older name of the field is still written beside the newer one.
  spec['serviceAccountName'] ??= spec['serviceAccount'];
  if (spec['serviceAccountName'] === undefined) delete spec['serviceAccountName'];
  else spec['serviceAccount'] = spec['serviceAccountName'];
  for (const volume of spec['volumes'] ?? []) setVolumeDefaults(volume);
  for (const container of [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])]) {
    setContainerDefaults(container, spec['hostNetwork'] === true);
  }
  for (const container of spec['ephemeralContainers'] ?? []) setContainerDefaults(container, false);
}

/** Defaults of a Pod. Changes it in place. */
export function setPodDefaults(pod: KubeObject): void {
  const spec: Fields = pod['spec'] ?? {};
  pod['spec'] = spec;
  setPodSpecDefaults(spec);
  spec['enableServiceLinks'] ??= true;
  for (const container of [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])]) requestLimits(container);
}

/** What the admission plugins of a plain cluster add to a new pod: ServiceAccount, Priority, DefaultTolerationSeconds. */
export function admitPod({ spec }: KubeObject): void {
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  spec.priority ??= 0;
  spec.tolerations = [
    ...(spec.tolerations ?? []),
    ...['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
      .filter((key) => !tolerates(spec.tolerations ?? [], key))
      .map((key) => ({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: 300 })),
  ];
}

function tolerates(tolerations: readonly Fields[], key: string): boolean {
  return tolerations.some(
    (toleration) =>
      (toleration['key'] === undefined || toleration['key'] === key) &&
      (toleration['effect'] === undefined || toleration['effect'] === 'NoExecute'),
  );
}

/** What a container may use at most it also asks for, where it does not say. */
function requestLimits({ resources }: Fields): void {
  const limits: Record<string, string> | undefined = resources?.limits;
  if (limits !== undefined) resources.requests = { ...limits, ...resources.requests };
}

function setContainerDefaults(container: Fields, hostNetwork: boolean): void {
  container['imagePullPolicy'] ??= pullPolicyOf(container['image'] ?? '');
  container['terminationMessagePath'] ??= '/dev/termination-log';
  container['terminationMessagePolicy'] ??= 'File';
  container['resources'] ??= {};
  for (const port of container['ports'] ?? []) {
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const variable of container['env'] ?? []) setFieldRefDefaults(variable.valueFrom);
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (container[name] !== undefined) setProbeDefaults(container[name]);
  }
  for (const name of ['postStart', 'preStop']) setHttpGetDefaults(container['lifecycle']?.[name]?.httpGet);
}

/** `Always` for what has the tag latest or none: it may be another image next time. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function setProbeDefaults(probe: Fields): void {
  probe['timeoutSeconds'] ??= 1;
  probe['periodSeconds'] ??= 10;
  probe['successThreshold'] ??= 1;
  probe['failureThreshold'] ??= 3;
  setHttpGetDefaults(probe['httpGet']);
  if (probe['grpc'] !== undefined) probe['grpc'].service ??= '';
}

function setHttpGetDefaults(httpGet: Fields | undefined): void {
  if (httpGet === undefined) return;
  httpGet['path'] ??= '/';
  httpGet['scheme'] ??= 'HTTP';
}

function setFieldRefDefaults(source: Fields | undefined): void {
  if (source?.['fieldRef'] !== undefined) source['fieldRef'].apiVersion ??= 'v1';
}

function setVolumeDefaults(volume: Fields): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume['emptyDir'] = {};
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    if (volume[source] !== undefined) volume[source].defaultMode ??= FILE_MODE;
  }
  if (volume['hostPath'] !== undefined) volume['hostPath'].type ??= '';
  for (const item of volume['downwardAPI']?.items ?? []) setFieldRefDefaults(item);
  for (const { serviceAccountToken, downwardAPI } of volume['projected']?.sources ?? []) {
    if (serviceAccountToken !== undefined) serviceAccountToken.expirationSeconds ??= 3600;
    for (const item of downwardAPI?.items ?? []) setFieldRefDefaults(item);
  }
  const claim = volume['ephemeral']?.volumeClaimTemplate?.spec;
  if (claim !== undefined) claim.volumeMode ??= 'Filesystem';
}

/** A new pod's status. */
export function newPodStatus(spec: Fields): Fields {
  return { phase: 'Pending', qosClass: qosClass(spec) };
}

/** Pods in the order in which they are evicted; kubernetes' pkg/apis/core/v1/helper/qos. */
function qosClass(spec: Fields): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers: Fields[] = [...(spec['containers'] ?? []), ...(spec['initContainers'] ?? [])];
  const computed = ['cpu', 'memory'];
  const says = (resources: Fields | undefined) => computed.some((name) => resources?.[name] !== undefined);
  if (!containers.some(({ resources }) => says(resources?.requests) || says(resources?.limits))) return 'BestEffort';
  const guaranteed = containers.every(({ resources }) =>
    computed.every(
      (name) => resources?.limits?.[name] !== undefined && resources.requests?.[name] === resources.limits[name],
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
