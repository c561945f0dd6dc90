import net from 'node:net';
import type { Endpoint } from '../ports/place.ts';
import { splice } from './splice.ts';

/**
 * Joins a connection with a new one to an endpoint, which it returns.
 *
 * @param socket that may be half closed, paused
 * @param refuse ends it where the endpoint cannot be reached
 */
export function join(socket: net.Socket, endpoint: Endpoint, refuse: (socket: net.Socket) => void): net.Socket {
  const target = net.connect({ ...endpoint, allowHalfOpen: true, noDelay: true });
  target.once('error', () => refuse(socket));
  socket.once('close', () => {
    if (target.connecting) target.destroy();
  });
  target.once('connect', () => {
    // It resolves when both are closed, and never rejects.
    void splice(socket, target);
  });
  return target;
}
