import type { KubeObject } from '../ports/kube-object.ts';
import type { Column } from '../resources/columns/column.ts';
import { columnsOf } from '../resources/columns/object-columns.ts';
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts';
import { toServed } from './served-version.ts';

/** How a client wants objects: whole, as rows for a person, or only their metadata. */
export type Representation = 'object' | 'table' | 'metadata';

const META = 'meta.k8s.io/v1';

/** The first media type of an Accept header that is served. */
export function representationOf(accept: string | undefined): Representation {
  for (const type of (accept ?? '').split(',')) {
    if (!/^\s*application\/json/.test(type) && !/^\s*\*\/\*/.test(type)) continue;
    if (/;\s*as=Table/.test(type)) return 'table';
    if (/;\s*as=PartialObjectMetadata/.test(type)) return 'metadata';
    return 'object';
  }
  return 'object';
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** One object in a representation. */
export function oneAs(
  representation: Representation,
  kind: ResourceKind,
  object: KubeObject,
  query: URLSearchParams,
): unknown {
  if (representation === 'object') return toServed(kind, object);
  if (representation === 'metadata') return metadataOnly(object);
  const { resourceVersion = '' } = object.metadata;
  return table(kind, [object], { resourceVersion }, query, true);
}

/** A list in a representation. Items of the kinds that each cluster has leave out what they are. */
export function listAs(
  representation: Representation,
  kind: ResourceKind,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  query: URLSearchParams,
): unknown {
  if (representation === 'table') return table(kind, objects, metadata, query, true);
  if (representation === 'metadata') {
    const items = objects.map((object) => metadataOnly(object));
    return { kind: 'PartialObjectMetadataList', apiVersion: META, metadata, items };
  }
  return {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata,
    items: objects.map((object) => {
      const served = toServed(kind, object);
      if (kind.custom) return served;
      const { apiVersion: _, kind: __, ...item } = served;
      return item;
    }),
  };
}

/** The object of a watch event; only a table's first event tells the columns. */
export function eventObjectAs(
  representation: Representation,
  kind: ResourceKind,
  object: KubeObject,
  query: URLSearchParams,
  isFirst: boolean,
): unknown {
  if (representation !== 'table') return oneAs(representation, kind, object, query);
  return table(kind, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, query, isFirst);
}

function metadataOnly({ metadata }: KubeObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: META, metadata };
}

function table(
  kind: ResourceKind,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  query: URLSearchParams,
  withColumns: boolean,
): unknown {
  const columns = columnsOf(kind);
  const include = query.get('includeObject') ?? 'Metadata';
  const now = Date.now();
  return {
    kind: 'Table',
    apiVersion: META,
    metadata,
    columnDefinitions: withColumns ? columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: columns.map(({ value }) => value(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? toServed(kind, object) : metadataOnly(object) }),
    })),
  };
}

function definition({ name, type, format, description, priority }: Column): unknown {
  return { name, type, format, description, priority };
}
