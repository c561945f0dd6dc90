import type { ResourceName } from '../ports/object-store.ts';
import type { Column } from './columns/column.ts';
import type { StructType } from './schema/type-schema.ts';

/** A kind as one group and version of the API serves it. */
export interface ResourceKind {
  /** What it is stored under; `events.k8s.io` and the core group share one. */
  readonly resource: ResourceName;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Whether `status` is written by its own subresource only. */
  readonly hasStatus: boolean;
  /** Where a `scale` subresource finds its numbers; undefined without one. */
  readonly scale: ScalePaths | undefined;
  /** Whether metadata.generation counts the changes of what is wanted. */
  readonly hasGeneration: boolean;
  readonly type: StructType;
  /** Of a custom resource: the columns its definition names. */
  readonly columns: readonly Column[] | undefined;
  /** Whether a CustomResourceDefinition defines it. */
  readonly custom: boolean;
}

/** JSON paths as a CustomResourceDefinition writes them: `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly selector: string | undefined;
}

/** `apps/v1`, or `v1` in the core group. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps`, or `pods` in the core group: the words in which the API server's errors name a resource. */
export function qualifiedResource({ group, plural }: ResourceKind): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `Deployment.apps`, as errors of validation name it. */
export function qualifiedKind({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return group === '' ? kind : `${kind}.${group}`;
}
