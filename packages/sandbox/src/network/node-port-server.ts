import net from 'node:net';
import type { Endpoint } from '../ports/place.ts';
import { join } from './join.ts';
import { reset } from './reset.ts';

/**
 * Takes the connections of somebody else's listener, outside of this process's network, and joins each with an endpoint.
 * They live on when it is disposed.
 */
export class NodePortServer implements Disposable {
  readonly #server: net.Server;

  constructor(listener: net.Server, endpoint: Endpoint) {
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true };
    this.#server = net.createServer(options, (socket) => {
      socket.on('error', () => socket.destroy());
      join(socket, endpoint, reset);
    });
    // A connection that cannot be taken, for want of descriptors, is the client's to try again.
    this.#server.on('error', () => undefined);
    this.#server.listen(listener);
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}
