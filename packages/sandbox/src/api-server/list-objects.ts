import type { KubeObject } from '../ports/kube-object.ts';
import { StatusError } from '../ports/status-error.ts';
import { badRequest, expired } from '../resources/status-errors.ts';
import type { ObjectTables } from './object-tables.ts';
import type { ListMetadata } from './representation.ts';
import type { ResourceTarget } from './request-target.ts';
import { selectorFilter } from './selectors.ts';

interface ContinueToken {
  /** Revision of the first page: all pages show the cluster as it was then. */
  readonly rv: number;
  /** Key of the last object of the page before. */
  readonly start: string;
}

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

/**
 * A page of a collection.
 *
 * @throws StatusError 400 for a selector or token that is none; 410 where the revision is no longer known; 504 where
 *     it is not yet
 */
export function listObjects(
  tables: ObjectTables,
  { kind, namespace, name }: ResourceTarget,
  query: URLSearchParams,
): { objects: KubeObject[]; metadata: ListMetadata } {
  const filter = selectorFilter(kind, query);
  const token = readToken(query.get('continue'));
  const revision = token?.rv ?? exactRevision(tables, query) ?? tables.revision;
  if (revision < tables.history.oldest) {
    throw token === undefined
      ? expired(`The provided resource version is too old: ${revision}`)
      : expired(CONTINUE_EXPIRED);
  }
  const all =
    revision === tables.revision
      ? tables.list(kind.resource, namespace)
      : tables.listAt(kind.resource, namespace, revision);
  const rest = all.filter(
    (object) =>
      (name === undefined || object.metadata.name === name) &&
      filter(object) &&
      (token === undefined || keyOf(object) > token.start),
  );
  const limit = Number(query.get('limit') ?? 0);
  if (!(limit > 0) || rest.length <= limit) return { objects: rest, metadata: { resourceVersion: `${revision}` } };
  const objects = rest.slice(0, limit);
  const last = objects.at(-1);
  const next: ContinueToken = { rv: revision, start: last === undefined ? '' : keyOf(last) };
  const isWhole = !query.get('labelSelector') && !query.get('fieldSelector');
  return {
    objects,
    metadata: {
      resourceVersion: `${revision}`,
      continue: Buffer.from(JSON.stringify(next)).toString('base64url'),
      ...(isWhole ? { remainingItemCount: rest.length - limit } : {}),
    },
  };
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function readToken(text: string | null): ContinueToken | undefined {
  if (!text) return undefined;
  try {
    const { rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Number.isInteger(rv) && typeof start === 'string') return { rv, start };
  } catch {
    // told below, as what can be read but is no token
  }
  throw badRequest('continue key is not valid: illegal base64 data');
}

/** The revision at which the list has to be; undefined for the latest, which is never older than what was asked for. */
function exactRevision(tables: ObjectTables, query: URLSearchParams): number | undefined {
  const revision = parseRevision(query.get('resourceVersion'));
  if (revision === undefined || revision === 0) return undefined;
  refuseFuture(tables, revision);
  return query.get('resourceVersionMatch') === 'Exact' ? revision : undefined;
}

/** @throws StatusError 504 for a revision that has not come yet */
export function refuseFuture(tables: ObjectTables, revision: number): void {
  if (revision <= tables.revision) return;
  throw new StatusError(504, 'Timeout', `Too large resource version: ${revision}, current: ${tables.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** @throws StatusError 400 for what is no revision */
export function parseRevision(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
