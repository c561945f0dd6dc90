import type { KubeObject } from '../../ports/kube-object.ts';
import { StatusError } from '../../ports/status-error.ts';
import { apiVersionOf, type ResourceKind } from '../../resources/resource-kind.ts';
import { EMPTY, type FieldSet, isEmpty, union } from './field-set.ts';
import {
  entriesOf,
  isSameWriter,
  lose,
  type ManagedEntry,
  ownable,
  refuseConflicts,
  type Writer,
} from './managed-fields.ts';
import { mergeApplied, removeReleased } from './merge-applied.ts';
import { compare, fieldsOf, listErrors, rootType } from './typed-fields.ts';

export interface ApplyRequest {
  readonly kind: ResourceKind;
  readonly live: KubeObject | undefined;
  /** As it was sent, decoded. */
  readonly applied: KubeObject;
  readonly manager: string;
  readonly subresource: string;
  readonly force: boolean;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

export interface ApplyResult {
  readonly object: KubeObject;
  readonly entries: readonly ManagedEntry[];
}

/**
 * Server-side apply, as structured-merge-diff's `merge.Updater.Apply` does it.
 *
 * @throws StatusError 409 for fields of other managers without force; 500 for lists that cannot be merged
 */
export function serverSideApply(request: ApplyRequest): ApplyResult {
  const { kind, live, applied, manager, subresource, force, now } = request;
  const root = rootType(kind.type);
  const faults = listErrors(applied, root);
  if (faults.length > 0) throw notTyped(kind, applied, faults);
  const writer: Writer = { manager, operation: 'Apply', subresource };
  const entries = entriesOf(live);
  const own = entries.find((entry) => isSameWriter(entry, writer));
  const others = entries.filter((entry) => entry !== own);
  const wanted = ownable(fieldsOf(applied, root), kind, subresource);
  const owned = others.reduce<FieldSet>((all, { fields }) => union(all, fields), wanted);

  const merged = mergeApplied(live, applied, root);
  const object = removeReleased(merged, own?.fields ?? EMPTY, owned, root) as KubeObject;

  const { changed, removed } = compare(live, object, root);
  const gained = ownable(changed, kind, subresource);
  if (!force) refuseConflicts(others, gained);
  const time = own !== undefined && isEmpty(union(gained, removed)) && sameSet(own.fields, wanted) ? own.time : now;
  const entry: ManagedEntry = { ...writer, apiVersion: apiVersionOf(kind), time, fields: wanted };
  return { object, entries: [...lose(others, union(gained, removed)), entry] };
}

function sameSet(a: FieldSet, b: FieldSet): boolean {
  return (
    a.member === b.member &&
    a.children.size === b.children.size &&
    [...a.children].every(([key, child]) => sameSet(child, b.children.get(key) ?? EMPTY))
  );
}

/** What the API server says of an applied object that its schema does not fit. */
export function notTyped(kind: ResourceKind, { metadata }: KubeObject, faults: readonly string[]): StatusError {
  const what = `${metadata.namespace ?? ''}/${metadata.name}; ${apiVersionOf(kind)}, Kind=${kind.kind}`;
  const list = faults.length === 1 ? faults[0] : `errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
  return new StatusError(500, '', `failed to create typed patch object (${what}): ${list}`);
}
