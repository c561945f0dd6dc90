import type { KubeObject } from '../ports/kube-object.ts';
import type { ResourceName } from '../ports/object-store.ts';
import { BUILTIN_KINDS } from './builtin-kinds.ts';
import { customColumns } from './columns/custom-columns.ts';
import { apiVersionOf, type ResourceKind } from './resource-kind.ts';
import { CUSTOM_OBJECT, structType } from './schema/type-schema.ts';

/** The groups in the order in which the API server lists them; what is not named comes behind. */
const GROUP_ORDER = [
  '',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
];

/** Every kind the API serves: those that each cluster has, and those of its CustomResourceDefinitions. */
export class Catalog {
  /** By name of the definition. */
  readonly #custom = new Map<string, readonly ResourceKind[]>();

  /** The kind at `/apis/GROUP/VERSION/…/PLURAL`. */
  find(group: string, version: string, plural: string): ResourceKind | undefined {
    return this.all().find((kind) => kind.plural === plural && kind.group === group && kind.version === version);
  }

  /** The kind in whose version the objects of this name are stored. */
  stored(resource: ResourceName): ResourceKind | undefined {
    return this.all().find((kind) => kind.resource === resource);
  }

  groups(): string[] {
    const rank = (group: string) => GROUP_ORDER.indexOf(group) + 1 || GROUP_ORDER.length + 1;
    return [...new Set(this.all().map(({ group }) => group))].toSorted((a, b) => rank(a) - rank(b));
  }

  /** Versions of a group, the preferred first. */
  versions(group: string): string[] {
    return [...new Set(this.all().flatMap((kind) => (kind.group === group ? [kind.version] : [])))];
  }

  /** Kinds of one group and version; empty where it is not served. */
  kinds(group: string, version: string): ResourceKind[] {
    return this.all().filter((kind) => kind.group === group && kind.version === version);
  }

  all(): ResourceKind[] {
    return [...BUILTIN_KINDS, ...[...this.#custom.values()].flat()];
  }

  /** Serves what a CustomResourceDefinition says, in place of what it said before. */
  define(definition: KubeObject): void {
    this.#custom.set(definition.metadata.name, customKinds(definition));
  }

  remove(definition: KubeObject): void {
    this.#custom.delete(definition.metadata.name);
  }
}

/** The served versions of a definition, the stored one first. */
function customKinds({ spec }: KubeObject): ResourceKind[] {
  const { names } = spec;
  const versions: CustomVersion[] = spec.versions;
  return versions
    .filter(({ served }) => served)
    .toSorted((a, b) => Number(b.storage) - Number(a.storage))
    .map(({ name: version, subresources, additionalPrinterColumns }) => ({
      resource: `${names.plural}.${spec.group}`,
      group: spec.group,
      version,
      kind: names.kind,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      namespaced: spec.scope === 'Namespaced',
      verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
      hasStatus: subresources?.status !== undefined,
      scale:
        subresources?.scale === undefined
          ? undefined
          : {
              specReplicas: subresources.scale.specReplicasPath,
              statusReplicas: subresources.scale.statusReplicasPath,
              selector: subresources.scale.labelSelectorPath,
            },
      hasGeneration: true,
      type: structType(CUSTOM_OBJECT),
      columns: customColumns(additionalPrinterColumns),
      custom: true,
    }));
}

interface CustomVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources?: {
    readonly status?: unknown;
    readonly scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  readonly additionalPrinterColumns?: readonly { name: string; type: string; jsonPath: string; priority?: number }[];
}

/** The apiVersion under which objects of this name are stored. */
export function storedApiVersion(kind: ResourceKind): string {
  return kind.resource === 'events' ? 'v1' : apiVersionOf(kind);
}
