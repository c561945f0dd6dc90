import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { Slots } from '../support/slots.ts';
import type { ApiClient } from './api-client.ts';
import { ApiRefusal } from './api-errors.ts';

/** Where objects of a kind live in the API. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural, as in paths: `deployments`. */
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface GroupList {
  groups: { versions: { groupVersion: string }[]; preferredVersion: { groupVersion: string } }[];
}

/** apidiscovery.k8s.io: all groups but the core one, each with its versions, the preferred one first. */
interface GroupDiscoveryList {
  items: { metadata: { name: string }; versions: VersionDiscovery[] }[];
}

interface VersionDiscovery {
  version: string;
  /** Stale: an aggregated API whose server is down. */
  freshness?: 'Current' | 'Stale';
  /** One without a kind has subresources only. */
  resources?: {
    resource: string;
    responseKind?: { kind: string };
    scope: 'Namespaced' | 'Cluster';
    verbs?: string[];
  }[];
}

/** What answers with all of discovery at once since Kubernetes 1.26; an earlier one answers with its groups. */
const ALL_AT_ONCE = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/**
 * Over how many connections all groups or kinds are asked for, of which a cluster has dozens: each new connection takes a
 * TLS handshake, which costs both ends more than many an answer, and comes just when the first image is deployed.
 */
const AT_ONCE = 4;

/** What kinds the cluster knows, asked group by group when one is first needed. */
export class Discovery {
  readonly #api: ApiClient;
  readonly #groups = new Map<string, Promise<Resource[]>>();
  readonly #slots = new Slots(AT_ONCE);

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /**
   * Finds a kind.
   *
   * @throws DevloopError `deploy/invalid` when the cluster does not know it
   */
  async resource(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource> {
    const find = async () => (await this.#group(apiVersion, signal)).find((resource) => resource.kind === kind);
    const found = await find();
    if (found !== undefined) return found;
    this.#groups.delete(apiVersion); // a CustomResourceDefinition may have been applied since
    const again = await find();
    if (again !== undefined) return again;
    throw new DevloopError(
      'deploy/invalid',
      `The cluster does not know ${kind} of ${apiVersion}.`,
      'See which versions it has: kubectl api-versions. A custom resource needs its CustomResourceDefinition first.',
    );
  }

  /** Asks something of each kind, of a few at a time. Answers in the order of the kinds. */
  async ofEach<T>(
    resources: readonly Resource[],
    ask: (resource: Resource) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T[]> {
    return await Promise.all(resources.map((resource) => this.#slots.run(0, signal, () => ask(resource))));
  }

  /**
   * Every kind whose objects can be listed and deleted, in the version that the cluster prefers; where that does not have
   * the kind, in the first of its group that has it (CronJob is batch/v1beta1's alone up to Kubernetes 1.20). Events are
   * left out: they are told, by controllers, and there may be more of them than of all else.
   */
  async deletable(signal: AbortSignal): Promise<Resource[]> {
    const answer = this.#api.json<GroupList | GroupDiscoveryList>('/apis', { accept: ALL_AT_ONCE, signal });
    const [core, groups] = await Promise.all([
      this.#inTurn('v1', signal),
      answer.then((list) => ('items' in list ? this.#told(list) : this.#askedFor(list, signal))),
    ]);
    const kinds = [...core, ...groups.flatMap(firstOfEachKind)];
    return kinds.filter(({ kind, verbs }) => kind !== 'Event' && verbs.includes('list') && verbs.includes('delete'));
  }

  /** The kinds of each group, those of its preferred version first. */
  #told({ items }: GroupDiscoveryList): Resource[][] {
    return items.map(({ metadata: { name: group }, versions }) =>
      versions.flatMap((version) => {
        const apiVersion = `${group}/${version.version}`;
        const kinds = kindsOf(apiVersion, version);
        if (kinds.length > 0) this.#groups.set(apiVersion, Promise.resolve(kinds));
        return kinds;
      }),
    );
  }

  #askedFor({ groups }: GroupList, signal: AbortSignal): Promise<Resource[][]> {
    return Promise.all(
      groups.map(async ({ versions, preferredVersion: { groupVersion: preferred } }) => {
        // The API server lists versions with the newest first.
        const inOrder = new Set([preferred, ...versions.map(({ groupVersion }) => groupVersion)]);
        const lists = await Promise.all([...inOrder].map((version) => this.#inTurn(version, signal)));
        return lists.flat();
      }),
    );
  }

  #inTurn(apiVersion: string, signal: AbortSignal): Promise<Resource[]> {
    return this.#slots.run(0, signal, () => this.#group(apiVersion, signal));
  }

  async #group(apiVersion: string, signal: AbortSignal): Promise<Resource[]> {
    const known = this.#groups.get(apiVersion);
    // Whoever asked first may have given up; that is no answer for those who share the request.
    if (known !== undefined) return await known.catch(() => this.#ask(apiVersion, signal));
    const asked = this.#ask(apiVersion, signal);
    this.#groups.set(apiVersion, asked);
    asked.catch(() => this.#groups.delete(apiVersion));
    return await asked;
  }

  async #ask(apiVersion: string, signal: AbortSignal): Promise<Resource[]> {
    try {
      const list = await this.#api.json<ResourceList>(groupPath(apiVersion), { signal });
      return list.resources
        .filter((resource) => !resource.name.includes('/')) // subresources
        .map(({ name, kind, namespaced, verbs }) => ({ apiVersion, kind, name, namespaced, verbs }));
    } catch (error) {
      // 503: an aggregated API whose server is down; its kinds are unknown, not the cluster broken.
      if (error instanceof ApiRefusal && (error.status === 404 || error.status === 503)) return [];
      throw error;
    }
  }
}

function kindsOf(apiVersion: string, { freshness, resources = [] }: VersionDiscovery): Resource[] {
  if (freshness === 'Stale') return [];
  return resources.flatMap(({ resource: name, responseKind, scope, verbs = [] }) =>
    responseKind?.kind
      ? [{ apiVersion, kind: responseKind.kind, name, namespaced: scope === 'Namespaced', verbs }]
      : [],
  );
}

function firstOfEachKind(resources: readonly Resource[]): Resource[] {
  const byKind = new Map<string, Resource>();
  for (const resource of resources) if (!byKind.has(resource.kind)) byKind.set(resource.kind, resource);
  return [...byKind.values()];
}

/** Path of a group and version: the core group has a root of its own. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Path of a resource's collection, or of one object of it. */
export function resourcePath(resource: Resource, namespace: string | undefined, name?: string): string {
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${groupPath(resource.apiVersion)}${scope}/${resource.name}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
