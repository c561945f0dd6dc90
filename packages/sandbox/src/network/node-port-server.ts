import net from 'node:net';
import type { Endpoint } from '../ports/place.ts';
import { join } from './join.ts';
import { reset } from './reset.ts';

/** Takes the connections of somebody else's listener, outside of this process's network, and joins each with an endpoint. */
export class NodePortServer implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #open = new Set<net.Socket>();

  constructor(listener: net.Server, endpoint: Endpoint) {
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true };
    this.#server = net.createServer(options, (socket) => {
      socket.on('error', () => socket.destroy());
      for (const end of [socket, join(socket, endpoint, reset)]) {
        this.#open.add(end);
        end.once('close', () => this.#open.delete(end));
      }
    });
    // A connection that cannot be taken, for want of descriptors, is the client's to try again.
    this.#server.on('error', () => undefined);
    this.#server.listen(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }
}
