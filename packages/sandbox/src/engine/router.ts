import type { IncomingMessage, ServerResponse } from 'node:http';
import { EngineError } from '../ports/container-engine.ts';

/** A request as a route sees it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What the route's pattern caught. */
  readonly name: string;
  /** Aborted when the client leaves or the server closes. */
  readonly signal: AbortSignal;
}

export interface Route {
  readonly method: string;
  /** Of the path without `/v1.NN`. Its first group is {@link Call.name}. */
  readonly path: RegExp;
  readonly handle: (call: Call) => Promise<void> | void;
}

const MAX_JSON_BYTES = 4 * 1024 * 1024;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

export function sendNothing(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** @throws EngineError 400 */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_JSON_BYTES) throw new EngineError(413, 'http: request body too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // told below, with everything else that is no object
  }
  throw new EngineError(400, 'invalid JSON: the body must be an object');
}

/** `1`, `true` and the like, as moby's httputils.BoolValue. */
export function isTrue(query: URLSearchParams, name: string): boolean {
  const value = (query.get(name) ?? '').trim().toLowerCase();
  return !['', '0', 'no', 'false', 'none'].includes(value);
}

/** A parameter that is a JSON object of strings. @throws EngineError 400 */
export function jsonStrings(query: URLSearchParams, name: string): Record<string, string> {
  const text = query.get(name);
  if (text === null || text === '') return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null) throw new TypeError('no object');
    return Object.fromEntries(
      Object.entries(read).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch (error) {
    throw new EngineError(400, `error reading ${name}: ${error instanceof Error ? error.message : error}`);
  }
}
