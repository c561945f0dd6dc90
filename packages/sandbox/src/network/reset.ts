import type net from 'node:net';

/**
 * Ends a connection so that the other side takes it for no regular end. One whose own end is on its way to the kernel is
 * ended only: of those, Node's `resetAndDestroy` closes nothing, and the process never comes to its end.
 */
export function reset(socket: net.Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
