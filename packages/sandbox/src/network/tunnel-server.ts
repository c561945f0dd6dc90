import net from 'node:net';
import type { Place } from '../ports/place.ts';
import { join } from './join.ts';

/** `10.244.0.5 8080` and a newline. */
const MOST_LINE_BYTES = 64;

/**
 * A way into this process's network namespace: a Unix socket whose connections begin with a line `ADDRESS PORT` and are
 * then joined with that port. One that cannot be reached ends the connection.
 */
export class TunnelServer implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #place: Place;
  readonly #sockets = new Set<net.Socket>();

  /** @param path of the socket, absolute */
  static async open(path: string, place: Place): Promise<TunnelServer> {
    const server = new TunnelServer(place);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(path, resolve);
    });
    // A connection that cannot be taken, for want of descriptors, is the client's to try again.
    server.#server.on('error', () => undefined);
    return server;
  }

  private constructor(place: Place) {
    this.#place = place;
    this.#server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#accept(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: net.Socket): void {
    this.#track(socket);
    socket.on('error', () => socket.destroy());
    let line = Buffer.alloc(0);
    const read = (bytes: Buffer) => {
      line = Buffer.concat([line, bytes]);
      const end = line.indexOf('\n');
      if (end < 0 && line.length <= MOST_LINE_BYTES) return;
      socket.off('data', read);
      socket.pause();
      const [, address, port] = /^([0-9.]{7,15}) (\d{1,5})$/.exec(line.subarray(0, Math.max(end, 0)).toString()) ?? [];
      if (address === undefined || Number(port) > 65_535) {
        socket.destroy();
        return;
      }
      if (end + 1 < line.length) socket.unshift(line.subarray(end + 1));
      this.#track(join(socket, this.#place(address, Number(port)), () => socket.destroy()));
    };
    socket.on('data', read);
    socket.resume();
  }

  #track(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
