import type { ServerResponse } from 'node:http';
import { StatusError } from '../ports/status-error.ts';

/** A meta/v1 Status that tells of a refusal. */
export function failureStatus({ code, reason, message, details }: StatusError): Record<string, unknown> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** Answers with JSON, unless the client has left. */
export function answerJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  mediaType = 'application/json',
): void {
  if (response.headersSent || response.destroyed) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    'content-type': mediaType,
    'cache-control': 'no-cache, private',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

export function answerText(response: ServerResponse, code: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private' });
  response.end(text);
}

/** Answers with the Status of a failure; one of ours that is none is an internal error. */
export function answerFailure(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof StatusError
      ? error
      : new StatusError(
          500,
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? error.message : error}`,
        );
  answerJson(response, known.code, failureStatus(known));
}

/** Text that `kubectl` prints as `Warning: …`. */
export function addWarnings(response: ServerResponse, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const header = warnings.map((text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  response.setHeader('warning', header);
}
