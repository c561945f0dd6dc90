import type { KubeObject } from '../ports/kube-object.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { conflict, invalidError, notSupported } from '../resources/status-errors.ts';
import { mayGo, timestamp } from './write-rules.ts';

/** meta/v1 DeleteOptions, as far as they say what becomes of the object. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: string | undefined;
  /** The older way to say it. */
  readonly orphanDependents?: boolean | undefined;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
}

/**
 * What a deletion makes of an object.
 *
 * @returns undefined: it goes at once; the object itself: nothing changes; otherwise how it waits for its end
 * @throws StatusError 409 where a precondition does not hold
 */
export function deleted(kind: ResourceKind, live: KubeObject, options: DeleteOptions): KubeObject | undefined {
  checkPreconditions(kind, live, options);
  const grace = graceOf(kind, live, options);
  const finalizers = finalizersAfter(kind, live, options);
  const metadata = { ...live.metadata };
  const isNew = metadata.deletionTimestamp === undefined;
  const isSooner = grace < (metadata.deletionGracePeriodSeconds ?? 0);
  if (isNew || isSooner) {
    metadata.deletionTimestamp = timestamp(Date.now() + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (kind.hasGeneration && isNew) metadata.generation = (metadata.generation ?? 0) + 1;
  }
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const isKept = !isNew && !isSooner && sameStrings(finalizers, live.metadata.finalizers ?? []);
  const waiting: KubeObject = isKept ? live : { ...live, metadata };
  if (kind.resource === 'namespaces' && isNew) waiting['status'] = { ...live['status'], phase: 'Terminating' };
  return mayGo(kind, waiting) ? undefined : waiting;
}

/** What is told of an object that goes at once: a pod without any grace. */
export function lastState({ resource }: ResourceKind, live: KubeObject): KubeObject {
  if (resource !== 'pods') return live;
  const metadata = { ...live.metadata, deletionGracePeriodSeconds: 0 };
  metadata.deletionTimestamp ??= timestamp();
  return { ...live, metadata };
}

function sameStrings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Seconds that a pod has to end; nothing else has any. */
function graceOf({ resource }: ResourceKind, { spec, status }: KubeObject, options: DeleteOptions): number {
  if (resource !== 'pods') return 0;
  const asked = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (!spec.nodeName || ended) return 0;
  return asked < 0 ? 1 : asked;
}

/** The finalizers by which the garbage collector is told what becomes of the dependants. */
function finalizersAfter({ resource }: ResourceKind, { metadata }: KubeObject, options: DeleteOptions): string[] {
  const finalizers = metadata.finalizers ?? [];
  const others = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
  const { propagationPolicy, orphanDependents } = options;
  switch (
    propagationPolicy ??
    (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background')
  ) {
    case 'Orphan':
      return [...others, 'orphan'];
    case 'Foreground':
      return [...others, 'foregroundDeletion'];
    case 'Background':
      return others;
    default:
      // Jobs of batch/v1 keep their pods unless told otherwise; what is being deleted goes on as it was asked to.
      return resource === 'jobs.batch' && finalizers.length === others.length ? [...others, 'orphan'] : finalizers;
  }
}

const POLICIES = ['Background', 'Foreground', 'Orphan'];

/** @throws StatusError 422 for options that are none */
export function checkDeleteOptions({ propagationPolicy }: DeleteOptions): void {
  if (propagationPolicy === undefined || POLICIES.includes(propagationPolicy)) return;
  throw invalidError({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
    notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']),
  ]);
}

function checkPreconditions(kind: ResourceKind, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const named = { ...kind, plural: kind.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      named,
      metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      named,
      metadata.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}
