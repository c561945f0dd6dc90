import net from 'node:net';

export interface RelayOptions {
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Path of the Unix socket that every connection is joined to. */
  readonly socket: string;
  /** Said to that socket before what the connection says. */
  readonly preamble?: string;
}

/** Takes connections at a loopback port and joins each to a Unix socket: how the node is reached from outside of it. */
export class Relay implements AsyncDisposable {
  readonly port: number;
  readonly #server: net.Server;
  readonly #open: Set<net.Socket>;

  private constructor(server: net.Server, open: Set<net.Socket>) {
    this.port = (server.address() as net.AddressInfo).port;
    this.#server = server;
    this.#open = open;
  }

  /** @throws the system's error, with `EADDRINUSE` where the port is taken */
  static async listen({ address, port, socket, preamble = '' }: RelayOptions): Promise<Relay> {
    const open = new Set<net.Socket>();
    const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = net.connect({ path: socket, allowHalfOpen: true });
      if (preamble !== '') far.write(preamble);
      join(near, far);
      for (const end of [near, far]) {
        open.add(end);
        end.once('close', () => open.delete(end));
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    return new Relay(server, open);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }
}

/** Joins two connections until both directions have ended, each by itself; a failure of one ends the other. */
function join(near: net.Socket, far: net.Socket): void {
  near.on('error', () => far.destroy());
  // no resetAndDestroy(): on a connection that is being shut down it leaves Node a request that never ends, at its exit
  far.on('error', () => near.destroy());
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  near.pipe(far);
  far.pipe(near);
}
