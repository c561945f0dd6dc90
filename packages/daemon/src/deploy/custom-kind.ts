import type { ImagePath } from './image-paths.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { podTemplateOf } from './workload-images.ts';

/** What is known of a kind that is not Kubernetes' own. */
export interface CustomKind {
  /** Where its objects name images, besides the containers of a pod template. */
  readonly images: readonly ImagePath[];
  /** Whether objects are live only with pods; undefined: with those that come soon, or without any. */
  readonly pods: boolean | undefined;
}

/** One of which the config says nothing, but that has a pod template where a Deployment has it. */
const LIKE_A_DEPLOYMENT: CustomKind = { images: [], pods: undefined };

/**
 * What is to be made of an object of a kind that is not Kubernetes' own; undefined where it is, or where nothing tells
 * that there may be pods of it.
 *
 * @param configured what the config says of its kind
 */
export function customKindOf(object: KubernetesObject, configured: CustomKind | undefined): CustomKind | undefined {
  if (configured !== undefined) return configured;
  // the groups of Kubernetes' own workloads have no dot
  const isCustom = apiGroupOf(object).includes('.');
  return isCustom && podTemplateOf(object) !== undefined ? LIKE_A_DEPLOYMENT : undefined;
}

/** `apps` of `apps/v1`; the core group has no name. */
export function apiGroupOf({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
