import type { KubeObject } from '../../ports/kube-object.ts';
import { StatusError } from '../../ports/status-error.ts';
import { apiVersionOf, type ResourceKind } from '../../resources/resource-kind.ts';
import {
  difference,
  EMPTY,
  type FieldSet,
  type FieldsV1,
  fromFieldsV1,
  intersection,
  isEmpty,
  only,
  paths,
  toFieldsV1,
  union,
  without,
} from './field-set.ts';
import { compare, rootType } from './typed-fields.ts';

/** Who writes an object, as metadata.managedFields records it. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** `status`, `scale`, or empty. */
  readonly subresource: string;
}

export interface ManagedEntry extends Writer {
  readonly apiVersion: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

interface WireEntry {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  time?: string;
  fieldsV1?: FieldsV1;
  subresource?: string;
}

/** Fields that nobody owns. */
const UNOWNED: readonly (readonly string[])[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((field) => ['f:metadata', `f:${field}`]),
];

/** The set without what nobody owns, and without what is not for this subresource to write. */
export function ownable(set: FieldSet, kind: ResourceKind, subresource: string): FieldSet {
  const owned = UNOWNED.reduce((rest, path) => without(rest, path), set);
  if (subresource === 'status') return only(owned, 'f:status');
  return kind.hasStatus ? without(owned, ['f:status']) : owned;
}

export function entriesOf(object: KubeObject | undefined): ManagedEntry[] {
  const entries = (object?.metadata.managedFields ?? []) as WireEntry[];
  return entries.map((entry) => ({
    manager: entry.manager ?? 'unknown',
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    subresource: entry.subresource ?? '',
    apiVersion: entry.apiVersion ?? '',
    time: entry.time,
    fields: fromFieldsV1(entry.fieldsV1 ?? {}),
  }));
}

/** Applied entries first, then by time and manager, as the API server orders them. */
export function writeEntries(entries: readonly ManagedEntry[]): unknown[] {
  return entries
    .filter(({ fields }) => !isEmpty(fields))
    .toSorted(
      (a, b) =>
        order(a.operation, b.operation) ||
        order(a.time ?? '', b.time ?? '') ||
        order(a.manager, b.manager) ||
        order(a.apiVersion, b.apiVersion) ||
        order(a.subresource, b.subresource),
    )
    .map(({ manager, operation, subresource, apiVersion, time, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function isSameWriter(a: Writer, b: Writer): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}

/**
 * The managed fields after an update: the writer owns what it changed, and those who owned it no longer do.
 *
 * @param now RFC 3339, whole seconds
 * @param known the managed fields before
 */
export function afterUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  kind: ResourceKind,
  writer: Writer,
  now: string,
  known: readonly ManagedEntry[] = entriesOf(before),
): ManagedEntry[] {
  const { changed, removed } = compare(before, after, rootType(kind.type));
  const gained = ownable(changed, kind, writer.subresource);
  const entries = lose(known, union(gained, removed));
  if (isEmpty(gained)) return entries;
  const own = entries.find((entry) => isSameWriter(entry, writer));
  const fields = union(own?.fields ?? EMPTY, gained);
  const entry: ManagedEntry = { ...writer, apiVersion: apiVersionOf(kind), time: now, fields };
  return [...entries.filter((other) => other !== own), entry];
}

/** The entries without the fields that are another's now. */
export function lose(entries: readonly ManagedEntry[], fields: FieldSet): ManagedEntry[] {
  return entries
    .map((entry) => ({ ...entry, fields: difference(entry.fields, fields) }))
    .filter((entry) => !isEmpty(entry.fields));
}

/**
 * What others own of the fields that an apply would change.
 *
 * @throws StatusError 409 where they own any
 */
export function refuseConflicts(others: readonly ManagedEntry[], changed: FieldSet): void {
  const conflicts = others.flatMap((entry) =>
    paths(intersection(entry.fields, changed)).map((path) => ({ who: nameOf(entry), path })),
  );
  const [first] = conflicts;
  if (first === undefined) return;
  const byManager = Map.groupBy(conflicts, ({ who }) => who);
  const said = [...byManager]
    .toSorted(([a], [b]) => order(a, b))
    .map(([who, fields]) => `conflicts with ${who}:\n- ${fields.map(({ path }) => path).join('\n- ')}`);
  const message =
    conflicts.length === 1
      ? `Apply failed with 1 conflict: conflict with ${first.who}: ${first.path}`
      : `Apply failed with ${conflicts.length} conflicts: ${said.join('\n')}`;
  throw new StatusError(409, 'Conflict', message, {
    causes: conflicts.map(({ who, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${who}`,
      field: path,
    })),
  });
}

function nameOf({ manager, operation, subresource, apiVersion }: ManagedEntry): string {
  const where = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${where}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}
