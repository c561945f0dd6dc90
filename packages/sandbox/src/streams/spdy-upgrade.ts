import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Upgrade } from '../ports/pod-streams.ts';
import { refuseUpgrade, StreamRefusal } from './status-response.ts';

const PROTOCOL = 'SPDY/3.1';
const VERSION_HEADER = 'X-Stream-Protocol-Version';

export function isSpdy(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === PROTOCOL.toLowerCase();
}

/**
 * Answers an upgrade to SPDY. Undefined where the client offers none of the protocols: it has been told so.
 *
 * @param protocols that are spoken over it, the best first
 */
export function upgradeToSpdy({ request, socket, head }: Upgrade, protocols: readonly string[]): Duplex | undefined {
  const offered = String(request.headers[VERSION_HEADER.toLowerCase()] ?? '')
    .split(',')
    .map((protocol) => protocol.trim());
  const chosen = protocols.find((protocol) => offered.includes(protocol));
  if (chosen === undefined) {
    const message = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server supports [${protocols.join(' ')}]`;
    refuseUpgrade(socket, new StreamRefusal(403, 'Forbidden', message));
    return undefined;
  }
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${PROTOCOL}`];
  socket.write([...lines, `${VERSION_HEADER}: ${chosen}`, '', ''].join('\r\n'));
  if (head.length > 0) socket.unshift(head);
  return socket;
}
