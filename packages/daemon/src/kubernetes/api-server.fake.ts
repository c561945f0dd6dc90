import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { ApiClient } from './api-client.ts';

/** An HTTP server that answers as the test says, and a client of it. Both end with the test. */
export async function openApiServer(answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void) {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response, new URL(request.url ?? '/', 'http://server'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = new ApiClient({
    context: 'test',
    cluster: 'test',
    namespace: 'default',
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: undefined,
    cert: undefined,
    key: undefined,
    headers: { authorization: 'Bearer token' },
    skipTlsVerify: false,
    tlsServerName: undefined,
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(() => {
    api[Symbol.dispose]();
    close();
  });
  return { api, requests, close };
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
