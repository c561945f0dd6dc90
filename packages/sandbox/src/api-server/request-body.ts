import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { StatusError } from '../ports/status-error.ts';
import { openEnvelope, readMessage } from '../resources/schema/protobuf.ts';
import { ProtobufError } from '../resources/schema/protobuf-wire.ts';
import type { StructType } from '../resources/schema/type-schema.ts';
import { badRequest } from '../resources/status-errors.ts';

/** The API server's limit of a request's body. */
const MOST_BYTES = 3 * 1024 * 1024;

/** @throws StatusError 413 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MOST_BYTES}`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads JSON, YAML, or Kubernetes' protobuf.
 *
 * @param typeOf the type of a kind, by which its protobuf is read
 * @throws StatusError 400 for what is neither, 415 for another media type
 */
export function parseBody(body: Buffer, mediaType: string, typeOf: (kind: string) => StructType | undefined): unknown {
  if (mediaType === PROTOBUF) return parseProtobuf(body, typeOf);
  const text = body.toString('utf8');
  try {
    switch (mediaType) {
      case '':
      case 'application/json':
      case 'application/json-patch+json':
      case 'application/merge-patch+json':
      case 'application/strategic-merge-patch+json':
        return JSON.parse(text);
      case 'application/yaml':
      case 'application/apply-patch+yaml':
        // JSON is YAML, and its own parser is much faster.
        return text.startsWith('{') ? JSON.parse(text) : parse(text);
    }
  } catch (error) {
    throw badRequest(`error decoding the body: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
  throw unsupportedMediaType(['application/json', 'application/yaml', PROTOBUF]);
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function parseProtobuf(body: Buffer, typeOf: (kind: string) => StructType | undefined): unknown {
  try {
    const { apiVersion, kind, raw } = openEnvelope(body);
    const type = typeOf(kind);
    if (type === undefined)
      throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
    return { ...readMessage(raw, type), apiVersion, kind };
  } catch (error) {
    throw error instanceof ProtobufError ? badRequest(error.message) : error;
  }
}

function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

/** A patch in a form that its resource does not take. */
export function unsupportedPatch(): StatusError {
  return new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export function mediaTypeOf(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
