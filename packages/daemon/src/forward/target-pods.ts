import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { ClusterView, FollowedKind } from '../kubernetes/cluster-view.ts';
import type { ServiceSpec } from '../project/project.ts';
import type { ExpectedImages } from '../rollout/expected-images.ts';
import type { Workload } from '../rollout/workload-status.ts';
import type { PodCandidate } from './choose-pod.ts';

/** What is not a service of the project is named as kubectl names it; these are its short names too. */
const KINDS: Readonly<Record<string, FollowedKind>> = {
  svc: 'Service',
  service: 'Service',
  deploy: 'Deployment',
  deployment: 'Deployment',
  sts: 'StatefulSet',
  statefulset: 'StatefulSet',
  ds: 'DaemonSet',
  daemonset: 'DaemonSet',
  rs: 'ReplicaSet',
  replicaset: 'ReplicaSet',
  job: 'Job',
  po: 'Pod',
  pod: 'Pod',
};

/** An object of the cluster. */
export interface ObjectReference {
  /** Undefined: the project's. */
  readonly namespace: string | undefined;
  readonly kind: FollowedKind;
  readonly name: string;
}

const NOTHING_EXPECTED: ExpectedImages = new Map();

/** Reads `service/redis`, `deploy/web`, `data/pod/x`; undefined for what is none of these, as the name of a service is. */
export function objectReference(text: string): ObjectReference | undefined {
  const [name, kindName = '', namespace, ...rest] = text.split('/').reverse();
  const kind = KINDS[kindName.toLowerCase()];
  if (kind === undefined || !name || namespace === '' || rest.length > 0) return undefined;
  return { namespace, kind, name };
}

/**
 * The pods of an object of the cluster; none while it is not there. A Service's port leads to its target port.
 *
 * @param home the project's namespace
 */
export function podsOfObject(
  reference: ObjectReference,
  port: number | string,
  view: Pick<ClusterView, 'get' | 'all'>,
  home: string,
): PodCandidate[] {
  const { kind, name, namespace = home } = reference;
  const object = view.get(kind, namespace, name);
  if (object === undefined) return [];
  if (kind === 'Pod') return [{ pod: object, expected: NOTHING_EXPECTED, port }];
  const selector = kind === 'Service' ? object['spec']?.selector : object['spec']?.selector?.matchLabels;
  const target = kind === 'Service' ? targetPort(object, port) : port;
  return podsWith(selector ?? {}, view, namespace).map((pod) => ({ pod, expected: NOTHING_EXPECTED, port: target }));
}

/** The pods whose labels are those of a template that a service of the project deploys. */
export function podsOfService(
  spec: Pick<ServiceSpec, 'manifests'>,
  port: number | string,
  contents: readonly Workload[],
  { view, namespace }: { readonly view: Pick<ClusterView, 'get' | 'all'>; readonly namespace: string },
): PodCandidate[] {
  return spec.manifests.flatMap(({ object }) => {
    if (podTemplateOf(object) === undefined) return [];
    const where = object.metadata.namespace ?? namespace;
    const { kind } = object;
    const { name } = object.metadata;
    const content = contents.find((one) => one.kind === kind && one.name === name && one.namespace === where);
    const { expected = NOTHING_EXPECTED, leaving, ended, started, older } = content ?? {};
    const pod = kind === 'Pod' ? view.get('Pod', where, name) : undefined;
    const pods = pod ? [pod] : podsWith(object['spec']?.template?.metadata?.labels ?? {}, view, where);
    return pods.map((one) => ({ pod: one, expected, leaving, ended, started, older, port }));
  });
}

function podsWith(
  labels: Readonly<Record<string, string>>,
  view: Pick<ClusterView, 'all'>,
  namespace: string,
): KubernetesObject[] {
  const wanted = Object.entries(labels);
  if (wanted.length === 0) return [];
  return [...view.all('Pod', namespace)].filter(({ metadata }) =>
    wanted.every(([key, value]) => metadata.labels?.[key] === value),
  );
}

function targetPort(service: KubernetesObject, port: number | string): number | string {
  const ports: { name?: string; port: number; targetPort?: number | string }[] = service['spec']?.ports ?? [];
  const own = ports.find((candidate) => candidate.port === port || candidate.name === port);
  return own === undefined ? port : (own.targetPort ?? own.port);
}
