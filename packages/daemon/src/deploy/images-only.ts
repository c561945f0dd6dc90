import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from './kubernetes-object.ts';
import { containersOf } from './workload-images.ts';

/**
 * Whether two objects, as they are applied, differ in nothing but the images of their containers, so that going from
 * one to the other needs no new pod. True for equal objects. The order of a mapping's keys does not matter.
 */
export function differOnlyInImages(before: KubernetesObject, after: KubernetesObject): boolean {
  return isDeepStrictEqual(withoutImages(before), withoutImages(after));
}

function withoutImages(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  for (const container of containersOf(copy)) if ('image' in container) container.image = '';
  return copy;
}
