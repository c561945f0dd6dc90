import { createHash } from 'node:crypto';
import type { Catalog } from '../resources/catalog.ts';
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts';

interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

const PROXY_VERBS = ['create', 'delete', 'get', 'patch', 'update'];

/** Subresources that are more than another way to read and write the object. */
const POD_SUBRESOURCES: readonly Subresource[] = [
  { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  { name: 'binding', kind: 'Binding', verbs: ['create'] },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  { name: 'proxy', kind: 'PodProxyOptions', verbs: PROXY_VERBS },
];

function subresourcesOf(kind: ResourceKind): Subresource[] {
  const verbs = ['get', 'patch', 'update'];
  return [
    ...(kind.resource === 'pods' ? POD_SUBRESOURCES : []),
    ...(kind.resource === 'services' ? [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: PROXY_VERBS }] : []),
    ...(kind.scale === undefined ? [] : [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs }]),
    ...(kind.hasStatus ? [{ name: 'status', kind: kind.kind, verbs }] : []),
  ];
}

/** `GET /api/v1`, `GET /apis/GROUP/VERSION`: meta/v1 APIResourceList. */
export function resourceList(catalog: Catalog, group: string, version: string): unknown {
  const kinds = catalog.kinds(group, version);
  const [first] = kinds;
  if (first === undefined) return undefined;
  const resources = kinds
    .toSorted((a, b) => (a.plural < b.plural ? -1 : 1))
    .flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: kind.verbs,
        ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
        ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
        ...(kind.verbs.includes('list') ? { storageVersionHash: hashOf(kind) } : {}),
      },
      ...subresourcesOf(kind).map(({ name, ...rest }) => ({
        name: `${kind.plural}/${name}`,
        singularName: '',
        namespaced: kind.namespaced,
        ...rest,
      })),
    ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(first), resources };
}

function hashOf(kind: ResourceKind): string {
  return createHash('sha256')
    .update(`${apiVersionOf(kind)}/${kind.kind}`)
    .digest('base64')
    .slice(0, 11)
    .concat('=');
}

/** `GET /api`: meta/v1 APIVersions. */
export function coreVersions(): unknown {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.96.0.1:443' }],
  };
}

/** `GET /apis`: meta/v1 APIGroupList. */
export function groupList(catalog: Catalog): unknown {
  const groups = catalog.groups().filter((group) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupOf(catalog, group)) };
}

/** `GET /apis/GROUP`: meta/v1 APIGroup. */
export function groupAnswer(catalog: Catalog, group: string): unknown {
  if (group === '' || !catalog.groups().includes(group)) return undefined;
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(catalog, group) };
}

function groupOf(catalog: Catalog, group: string) {
  const versions = catalog.versions(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** What `GET /api` and `GET /apis` answer with to those who accept all of discovery at once. */
export const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList of the core group, or of all others. */
export function aggregatedDiscovery(catalog: Catalog, root: 'api' | 'apis'): unknown {
  const groups = catalog.groups().filter((group) => (group === '') === (root === 'api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: catalog.versions(group).map((version) => ({
        version,
        freshness: 'Current',
        resources: catalog
          .kinds(group, version)
          .toSorted((a, b) => (a.plural < b.plural ? -1 : 1))
          .map(discovered),
      })),
    })),
  };
}

function discovered(kind: ResourceKind): unknown {
  const { group, version } = kind;
  const subresources = subresourcesOf(kind).map((subresource) => ({
    subresource: subresource.name,
    responseKind: {
      group: subresource.group ?? group,
      version: subresource.version ?? version,
      kind: subresource.kind,
    },
    verbs: subresource.verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: { group, version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
