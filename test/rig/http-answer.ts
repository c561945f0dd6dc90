import http, { type ClientRequest } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

/** Sends a request that has been made, and reads its answer to the end. */
export function answerTo(request: ClientRequest, body: string | undefined): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.end(body);
  });
}

/** A request on a connection of its own. */
export function plainRequest(
  url: string,
  { method = 'GET', headers, body, timeoutMs = 2000 }: HttpRequest = {},
): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  return answerTo(
    http.request(url, { method, agent: false, signal, headers: { connection: 'close', ...headers } }),
    body,
  );
}
