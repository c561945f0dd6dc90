import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type PodPlace, podField, resourceField } from './downward.ts';
import { expand } from './expansion.ts';
import type { Container, EnvVar, PodSpec } from './pod-spec.ts';
import { serviceVariables } from './service-variables.ts';

/** Namespace and name of the Service of the API server, of which every pod is told. */
const MASTER_SERVICE = { namespace: 'default', name: 'kubernetes' };

/**
 * A container's environment, in the order of pkg/kubelet makeEnvironmentVariables: Services, `envFrom`, `env`.
 *
 * @throws Error in the kubelet's words where a ConfigMap, a Secret or a key of them is not there
 */
export function containerEnv(
  pod: KubeObject,
  container: Container,
  store: ObjectStore,
  place: PodPlace,
): Record<string, string> {
  const { namespace = 'default' } = pod.metadata;
  const services = visibleServices(store, namespace, (pod['spec'] as PodSpec).enableServiceLinks ?? true);
  const result: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const ref = configMapRef ?? secretRef;
    if (ref === undefined) continue;
    const data = dataOf(store, configMapRef !== undefined ? 'configmap' : 'secret', namespace, ref.name ?? '');
    if (data === undefined) {
      if (ref.optional) continue;
      throw new Error(`${configMapRef !== undefined ? 'configmap' : 'secret'} ${JSON.stringify(ref.name)} not found`);
    }
    for (const [key, value] of Object.entries(data)) result[prefix + key] = value.toString('utf8');
  }
  for (const variable of container.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expand(variable.value ?? '', { ...services, ...result })
        : referred(pod, container, variable, store, place);
    if (value !== undefined) result[variable.name] = value;
  }
  return { ...services, ...result };
}

function visibleServices(store: ObjectStore, namespace: string, withLinks: boolean): Record<string, string> {
  const own = withLinks ? store.list('services', namespace) : [];
  const master = store.get({ resource: 'services', ...MASTER_SERVICE });
  return serviceVariables(master === undefined ? own : [master, ...own.filter((service) => service !== master)]);
}

function referred(
  pod: KubeObject,
  container: Container,
  { name, valueFrom = {} }: EnvVar,
  store: ObjectStore,
  place: PodPlace,
): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return podField(pod, fieldRef, place);
  if (resourceFieldRef !== undefined) return resourceField(pod, container, resourceFieldRef, place);
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref === undefined) throw new Error(`env var ${name} has no source that is supported`);
  const kind = configMapKeyRef !== undefined ? 'configmap' : 'secret';
  const { namespace = 'default' } = pod.metadata;
  const data = dataOf(store, kind, namespace, ref.name ?? '');
  if (data === undefined) {
    if (ref.optional) return undefined;
    throw new Error(`${kind} ${JSON.stringify(ref.name)} not found`);
  }
  const value = data[ref.key];
  if (value === undefined && !ref.optional) {
    const words = kind === 'configmap' ? 'ConfigMap' : 'Secret';
    throw new Error(`couldn't find key ${ref.key} in ${words} ${namespace}/${ref.name}`);
  }
  return value?.toString('utf8');
}

/** What a ConfigMap or a Secret holds, by key; undefined where there is none. */
export function dataOf(
  store: ObjectStore,
  kind: 'configmap' | 'secret',
  namespace: string,
  name: string,
): Record<string, Buffer> | undefined {
  const object = store.get({ resource: `${kind}s`, namespace, name });
  if (object === undefined) return undefined;
  const encoding = kind === 'secret' ? 'base64' : 'utf8';
  const data = Object.entries(object['data'] ?? {}).map(([key, text]) => [key, Buffer.from(String(text), encoding)]);
  const binary = Object.entries(object['binaryData'] ?? {}).map(([key, text]) => [
    key,
    Buffer.from(String(text), 'base64'),
  ]);
  return Object.fromEntries([...data, ...binary]);
}
