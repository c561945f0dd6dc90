import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/** A certificate is read once for all requests of its connection. */
const certified = new WeakMap<TLSSocket, User>();

/**
 * Who sends a request: the bearer of the token, or the subject of a client certificate that the authority signed.
 *
 * @returns undefined for everybody else
 */
export function userOf(request: IncomingMessage, token: string | undefined): User | undefined {
  const socket = request.socket as TLSSocket;
  if (socket.authorized) {
    const user = certified.get(socket) ?? subjectOf(socket);
    certified.set(socket, user);
    return user;
  }
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || bearer === undefined || !isSame(bearer, token)) return undefined;
  return { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
}

/** By its text, a line to an attribute: as an object, Node digests the certificate three times, at each connection. */
function subjectOf(socket: TLSSocket): User {
  const lines = socket.getPeerX509Certificate()?.subject.split('\n') ?? [];
  const valuesOf = (name: string) =>
    lines.flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
  const groups = valuesOf('O');
  return {
    username: valuesOf('CN')[0] ?? 'kubernetes-admin',
    groups: [...(groups.length > 0 ? groups : ['system:masters']), 'system:authenticated'],
  };
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
