import type { Catalog } from '../resources/catalog.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';

/** What a path under `/api` or `/apis` names. */
export interface ResourceTarget {
  readonly kind: ResourceKind;
  /** Undefined: all, or the kind has none. */
  readonly namespace: string | undefined;
  /** Undefined: the collection. */
  readonly name: string | undefined;
  /** Empty: the object itself. */
  readonly subresource: string;
  /** What follows `proxy` in the path, without the slash, as it is passed on. */
  readonly rest: string;
}

/** What a path names; undefined where the API server serves nothing. */
export function resourceTarget(catalog: Catalog, path: string): ResourceTarget | undefined {
  const parts = path.split('/').slice(1).map(decoded);
  if (parts.at(-1) === '') parts.pop();
  const [root, ...rest] = parts;
  const [group, version] = root === 'api' ? ['', rest.shift()] : [rest.shift(), rest.shift()];
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined) return undefined;
  const isScoped = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const namespace = isScoped ? rest[1] : undefined;
  const [plural, name, subresource = '', ...below] = isScoped ? rest.slice(2) : rest;
  if (plural === undefined || (below.length > 0 && subresource !== 'proxy')) return undefined;
  const kind = catalog.find(group, version, plural);
  if (kind === undefined || (namespace !== undefined && !kind.namespaced)) return undefined;
  if (kind.namespaced && namespace === undefined && name !== undefined) return undefined;
  return {
    kind,
    namespace,
    name,
    subresource,
    rest: `${below.map(written).join('/')}${below.length > 0 && path.endsWith('/') ? '/' : ''}`,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A path that has been read, as Go's `net/url` writes it, which leaves `$&+,/:;=@` and of the other marks only `-_.~`. */
function written(part: string): string {
  return encodeURIComponent(part)
    .replace(/%(?:2[46BCF]|3[ABD]|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
