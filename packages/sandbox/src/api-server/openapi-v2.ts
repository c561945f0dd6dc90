import type { Catalog } from '../resources/catalog.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { PATCH_PARAMETERS, patchPath } from './openapi.ts';

/** The media type of the document; clients ask for it with an `@` before `v1.0`, which no answer may have. */
export const OPENAPI_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/**
 * `GET /openapi/v2` as gnostic's `openapi.v2.Document`: the `patch` operation of each kind with its parameters, from
 * which older clients learn that the server validates fields itself. The types are in version 3 only; without them,
 * those clients merge by the types they have built in.
 */
export function openapiV2(catalog: Catalog): Buffer {
  const kinds = catalog.all().filter(({ verbs }) => verbs.includes('patch'));
  const info = message(text(1, 'Kubernetes'), text(2, 'unversioned'));
  const paths = message(...kinds.map((kind) => bytes(2, message(text(1, patchPath(kind)), bytes(2, pathItem(kind))))));
  return message(text(1, '2.0'), bytes(2, info), bytes(8, paths));
}

function pathItem({ group, version, kind }: ResourceKind): Buffer {
  const parameters = PATCH_PARAMETERS.map((name) => {
    const query = message(text(2, 'query'), text(4, name), text(6, 'string'));
    return bytes(8, message(bytes(1, message(bytes(2, message(bytes(3, query)))))));
  });
  const yaml = `group: ${JSON.stringify(group)}\nkind: ${kind}\nversion: ${version}\n`;
  const extension = message(text(1, 'x-kubernetes-group-version-kind'), bytes(2, message(text(2, yaml))));
  return message(bytes(8, message(...parameters, bytes(13, extension))));
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function text(number: number, value: string): Buffer {
  return bytes(number, Buffer.from(value));
}

/** A field of protobuf's wire type 2; all numbers here are below 16. */
function bytes(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(value.length)]), value]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
