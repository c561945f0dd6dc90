import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Makes of a request's connection a raw one in both directions, as Docker's attach and exec do: with `101` where the
 * client asked for an upgrade, else with `200` (old clients).
 *
 * @param protocol what is spoken from then on, as the client named it
 */
export function hijack(request: IncomingMessage, response: ServerResponse, protocol: 'tcp' | 'h2c' = 'tcp'): Duplex {
  const upgrade = request.headers.upgrade !== undefined;
  const socket = request.socket as Duplex;
  response.detachSocket(request.socket);
  // Node's HTTP server would close the connection when the client closes its half, which docker does without stdin.
  socket.removeAllListeners('end');
  const head = upgrade
    ? `HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`
    : 'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n';
  socket.write(head);
  return socket;
}
