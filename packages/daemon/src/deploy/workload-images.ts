import { type ImagePath, imagesAt } from './image-paths.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** The parts of a pod spec that devloop reads or writes; all else is kept as it is. */
export interface PodSpec {
  containers?: ContainerSpec[];
  initContainers?: ContainerSpec[];
  // biome-ignore lint/suspicious/noExplicitAny: a pod spec has many more fields, which nobody here looks at
  [field: string]: any;
}

export interface ContainerSpec {
  name: string;
  image?: string;
  imagePullPolicy?: string;
  env?: EnvVar[];
  // biome-ignore lint/suspicious/noExplicitAny: as in PodSpec
  [field: string]: any;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: unknown;
}

/**
 * The pod spec inside a workload, by reference: writing to it changes the object. Undefined for what runs no pods.
 * Kinds that are not built in (Rollout, CloneSet, …) count as workloads when they carry a pod template in the same
 * place as a Deployment does.
 */
export function podTemplateOf(object: KubernetesObject): PodSpec | undefined {
  switch (object.kind) {
    case 'Pod':
      return asPodSpec(object['spec']);
    case 'CronJob':
      return asPodSpec(object['spec']?.jobTemplate?.spec?.template?.spec);
    default:
      return asPodSpec(object['spec']?.template?.spec);
  }
}

/** The object's containers, init containers first, in the order they are written. Malformed ones are left out. */
export function containersOf(object: KubernetesObject): ContainerSpec[] {
  const pod = podTemplateOf(object);
  return [pod?.initContainers, pod?.containers]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter(isContainer);
}

/**
 * Every image that the object names, as written and each once.
 *
 * @param places where it names images besides those of its containers
 */
export function imagesOf(object: KubernetesObject, places: readonly ImagePath[] = []): string[] {
  const images = containersOf(object).flatMap(({ image }) =>
    typeof image === 'string' && image !== '' ? [image] : [],
  );
  return [...new Set([...images, ...imagesAt(object, places)])];
}

function asPodSpec(value: unknown): PodSpec | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray((value as PodSpec).containers) ? (value as PodSpec) : undefined;
}

function isContainer(value: unknown): value is ContainerSpec {
  return typeof value === 'object' && value !== null;
}
