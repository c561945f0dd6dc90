import { createHash } from 'node:crypto';
import type { Catalog } from '../resources/catalog.ts';
import { apiVersionOf, type ResourceKind } from '../resources/resource-kind.ts';
import { type FieldType, type StructType, structTypes } from '../resources/schema/type-schema.ts';

const PREFIX = 'io.k8s.api.';
const GVK = 'x-kubernetes-group-version-kind';

/** `GET /openapi/v3`: where the document of each group and version is. */
export function openapiIndex(catalog: Catalog): unknown {
  const paths = groupVersions(catalog).map(({ group, version }) => {
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const kinds = catalog.kinds(group, version).map(({ plural, kind }) => `${plural} ${kind}`);
    const hash = createHash('sha256').update(kinds.join()).digest('hex').slice(0, 32).toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(paths) };
}

function groupVersions(catalog: Catalog) {
  return catalog.groups().flatMap((group) => catalog.versions(group).map((version) => ({ group, version })));
}

/** `GET /openapi/v3/apis/GROUP/VERSION`: the types of its kinds, and the parameters with which they are patched. */
export function openapiDocument(catalog: Catalog, group: string, version: string): unknown {
  const kinds = catalog.kinds(group, version);
  if (kinds.length === 0) return undefined;
  const roots = new Map(kinds.map((kind) => [kind.type.name, kind]));
  const paths = kinds.flatMap((kind) =>
    kind.verbs.includes('patch') ? [[patchPath(kind), operations(kind)] as const] : [],
  );
  const custom = kinds.filter((kind) => kind.custom).map((kind) => [kind.kind, customSchema(kind)] as const);
  const schemas = [...reachable(kinds)].map((type) => [`${PREFIX}${type.name}`, schemaOf(type, roots.get(type.name))]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries([...schemas, ...custom]) },
  };
}

/** The path of an object of a kind. */
export function patchPath(kind: ResourceKind): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`;
  return `${root}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}/{name}`;
}

/** Parameters of the `patch` operation. */
export const PATCH_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force'];

/** `kubectl` asks of the `patch` operation whether the server validates fields itself. */
function operations(kind: ResourceKind): unknown {
  const parameters = PATCH_PARAMETERS.map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  return {
    patch: {
      'x-kubernetes-action': 'patch',
      parameters,
      [GVK]: gvkOf(kind),
      responses: { 200: { description: 'OK' } },
    },
  };
}

function gvkOf({ group, version, kind }: ResourceKind): unknown {
  return { group, version, kind };
}

function reachable(kinds: readonly ResourceKind[]): Set<StructType> {
  const found = new Set<StructType>();
  const visit = (type: StructType): void => {
    if (found.has(type)) return;
    found.add(type);
    for (const field of type.fields.values()) {
      const inner = structIn(field.type);
      if (inner !== undefined) visit(inner);
    }
  };
  const byName = new Map([...structTypes()].map((type) => [type.name, type]));
  for (const { type } of kinds) visit(byName.get(type.name) ?? type);
  return found;
}

function structIn(type: FieldType): StructType | undefined {
  if (type.form === 'struct') return type.type;
  return type.form === 'list' || type.form === 'map' ? structIn(type.of) : undefined;
}

function schemaOf(type: StructType, root: ResourceKind | undefined): unknown {
  const required = [...type.fields.values()].flatMap((field) => (field.required ? [field.name] : []));
  return {
    type: 'object',
    properties: Object.fromEntries([...type.fields.values()].map((field) => [field.name, fieldSchema(field.type)])),
    ...(required.length === 0 ? {} : { required }),
    ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(root === undefined || root.custom ? {} : { [GVK]: [gvkOf(root)] }),
  };
}

function customSchema(kind: ResourceKind): unknown {
  return {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { allOf: [{ $ref: `#/components/schemas/${PREFIX}ObjectMeta` }] },
    },
    'x-kubernetes-preserve-unknown-fields': true,
    [GVK]: [gvkOf(kind)],
  };
}

const SCALAR_SCHEMAS: Readonly<Record<string, unknown>> = {
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  int: { type: 'integer' },
  boolean: { type: 'boolean' },
  time: { type: 'string', format: 'date-time' },
  intOrString: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
};

function fieldSchema(type: FieldType): unknown {
  switch (type.form) {
    case 'any':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    case 'scalar':
      return SCALAR_SCHEMAS[type.scalar];
    case 'struct':
      return {
        allOf: [{ $ref: `#/components/schemas/${PREFIX}${type.type.name}` }],
        ...(type.retainKeys ? { 'x-kubernetes-patch-strategy': 'retainKeys' } : {}),
      };
    case 'map':
      return {
        type: 'object',
        additionalProperties: fieldSchema(type.of),
        ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      };
    case 'list':
      return { type: 'array', items: fieldSchema(type.of), ...listExtensions(type) };
  }
}

function listExtensions({ merge, keys, retainKeys }: FieldType & { form: 'list' }): Record<string, unknown> {
  if (merge === 'atomic') return { 'x-kubernetes-list-type': 'atomic' };
  const strategy = retainKeys ? 'merge,retainKeys' : 'merge';
  if (merge === 'set') return { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': strategy };
  return {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    'x-kubernetes-patch-merge-key': keys[0],
    'x-kubernetes-patch-strategy': strategy,
  };
}
