import type net from 'node:net';
import WebSocket from 'ws';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';

/** Subprotocol of the API server's port forwarding: every message begins with its channel's number. */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
/** Each channel's first message holds only the port. */
const PORT_BYTES = 2;
/** Bytes that may wait to be sent into the tunnel before the local side is no longer read. */
const MOST_WAITING_BYTES = 1_000_000;

/**
 * Joins a local connection with a port of a pod, over a WebSocket of its own, so that one bad connection never harms
 * another. Resolves when both sides are done.
 *
 * @throws when the tunnel cannot be opened or the pod reports an error
 */
export async function tunnel(
  socket: net.Socket,
  api: ApiClient,
  pod: KubernetesObject,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace } = pod.metadata;
  const url = `${api.address.server.replace(/^http/, 'ws')}/api/v1/namespaces/${namespace}/pods/${name}/portforward?ports=${port}`;
  const web = new WebSocket(url, PROTOCOL, { ...api.tls(), headers: api.address.headers });
  const seen = new Set<number>();
  const abort = () => web.terminate();
  signal.addEventListener('abort', abort, { once: true });
  socket.pause();
  try {
    await new Promise<void>((resolve, reject) => {
      web.once('open', () => {
        socket.on('data', (bytes) => {
          web.send(Buffer.concat([Buffer.of(DATA), bytes]), () => {
            if (socket.isPaused() && web.bufferedAmount < MOST_WAITING_BYTES) socket.resume();
          });
          if (web.bufferedAmount > MOST_WAITING_BYTES) socket.pause();
        });
        socket.resume();
      });
      web.on('message', (message) => {
        const bytes = message as Buffer;
        const channel = bytes[0] ?? DATA;
        const isFirst = !seen.has(channel);
        seen.add(channel);
        const payload = bytes.subarray(isFirst ? 1 + PORT_BYTES : 1);
        if (channel === ERROR && payload.length > 0) reject(new Error(payload.toString('utf8')));
        else if (channel === DATA && payload.length > 0 && !socket.write(payload)) {
          web.pause();
          socket.once('drain', () => web.resume());
        }
      });
      web.once('close', () => {
        socket.end();
        resolve();
      });
      web.once('error', reject);
      socket.once('close', () => {
        web.close();
        resolve();
      });
      socket.once('error', () => web.close());
    });
  } finally {
    signal.removeEventListener('abort', abort);
    web.terminate();
  }
}
