import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from '../ports/pod-streams.ts';
import { KubeletRefusal, refuseUpgrade } from './status-response.ts';

/** Bytes that may wait to be sent to the client before who makes them has to wait. */
const MOST_WAITING_BYTES = 1_000_000;
const BYTE = 0xff;

/**
 * Answers an upgrade with a WebSocket of the first of the protocols that the client offers.
 *
 * @param protocols the best first
 * @param open told with the socket and the protocol; the client gets a refusal where it offers none of them
 */
export function upgradeToWebSocket(
  { request, socket, head }: Upgrade,
  protocols: readonly string[],
  open: (socket: WebSocket, protocol: string) => void,
): void {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const chosen = protocols.find((protocol) => offered.includes(protocol));
  if (chosen === undefined) {
    refuseUpgrade(socket, new KubeletRefusal(403, 'Forbidden', '')); // golang.org/x/net/websocket says no more
    return;
  }
  // `ws` takes only the names that RFC 6455 allows, and Kubernetes has some with a slash: it is not shown them.
  delete request.headers['sec-websocket-protocol'];
  const server = new WebSocketServer({ noServer: true });
  server.once('wsClientError', () => socket.destroy());
  server.once('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${chosen}`));
  server.handleUpgrade(request, socket, head, (web) => {
    web.on('error', () => web.terminate());
    open(web, chosen);
  });
}

/** A WebSocket whose messages begin with the number of their channel: Kubernetes' `channel.k8s.io`. */
export class ChannelSocket {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, onMessage: (channel: number, payload: Buffer) => void) {
    this.#socket = socket;
    socket.on('message', (data: RawData) => {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
      const [channel] = bytes;
      if (channel !== undefined) onMessage(channel, bytes.subarray(1));
    });
  }

  /** @param sent told when there is room for more; at once where there is */
  send(channel: number, payload: Buffer | string, sent?: () => void): void {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      sent?.();
      return;
    }
    const bytes = Buffer.concat([Buffer.of(channel & BYTE), Buffer.from(payload)]);
    this.#socket.send(bytes, () => {
      if (this.#socket.bufferedAmount > MOST_WAITING_BYTES) return;
      for (const waiting of this.#waiting.splice(0)) waiting();
    });
    if (sent === undefined) return;
    if (this.#socket.bufferedAmount > MOST_WAITING_BYTES) this.#waiting.push(sent);
    else sent();
  }

  onClose(listener: () => void): void {
    this.#socket.once('close', () => {
      for (const waiting of this.#waiting.splice(0)) waiting();
      listener();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close(1000);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  readonly #waiting: (() => void)[] = [];
}
