import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { grpcHealth } from './grpc-health.ts';

const host = '127.0.0.1';
const target = (port: number, service: string) => ({ address: `${host}:${port}`, at: { host, port }, service });

/** What a server of grpc.health.v1 answers: the status of each service it knows, or a code. */
interface Answers {
  readonly statuses?: Readonly<Record<string, number>>;
  readonly code?: number;
  readonly isMute?: true;
}

/** A server that speaks gRPC over HTTP/2 as Go's does, for as long as it is not disposed of. */
async function serve({ statuses = {}, code, isMute }: Answers): Promise<{ port: number } & AsyncDisposable> {
  const server = http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', async (stream: http2.ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined); // the client may leave
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    if (isMute) return;
    const service = Buffer.concat(chunks).subarray(7).toString();
    const status = statuses[service];
    const failing = headers[':path'] !== '/grpc.health.v1.Health/Check' ? 12 : (code ?? (status === undefined ? 5 : 0));
    if (failing !== 0 || status === undefined) {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': failing, 'grpc-message': 'no%20such' },
        { endStream: true },
      );
      return;
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }));
    const message = status === 0 ? Buffer.of() : Buffer.of(0x08, status);
    stream.end(Buffer.concat([Buffer.of(0, 0, 0, 0, message.length), message]));
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

test.each([
  ['', { statuses: { '': 1 } }, ''],
  ['shop.Catalog', { statuses: { 'shop.Catalog': 1 } }, ''],
  ['', { statuses: { '': 2 } }, 'service unhealthy (responded with "NOT_SERVING")'],
  ['', { statuses: { '': 0 } }, 'service unhealthy (responded with "UNKNOWN")'],
  ['none', { statuses: {} }, 'error: health rpc probe failed: rpc error: code = NotFound desc = no such'],
  ['', { code: 12 }, 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): no such'],
])('of the service %j, where the server has %j', async (service, answers, output) => {
  await using server = await serve(answers);
  const signal = AbortSignal.timeout(5000);
  const health = await grpcHealth(target(server.port, service), 5000, signal);
  expect(health).toEqual({ isServing: output === '', output });
});

test('a server that says nothing in time', async () => {
  await using server = await serve({ isMute: true });
  const health = await grpcHealth(target(server.port, ''), 200, AbortSignal.timeout(200));
  expect(health).toEqual({ isServing: false, output: 'timeout: health rpc did not complete within 200ms' });
});

test('nobody listens', async () => {
  const { port, ...gone } = await serve({});
  await gone[Symbol.asyncDispose]();
  const health = await grpcHealth(target(port, ''), 1000, AbortSignal.timeout(1000));
  expect(health.output).toBe(
    `timeout: failed to connect service "${host}:${port}" within 1s: context deadline exceeded`,
  );
});
