import path from 'node:path';
import { NODE_IN_TUNNEL, SOCKETS } from './node-messages.ts';
import { Relay } from './relay.ts';

/** Keeps a listener for each port that a Service has on the node, at the node's address on this machine. */
export class NodePorts implements AsyncDisposable {
  readonly #address: string;
  readonly #socket: string;
  readonly #relays = new Map<number, Promise<Relay | undefined>>();

  constructor(address: string, nodeFolder: string) {
    this.#address = address;
    this.#socket = path.join(nodeFolder, SOCKETS.tunnel);
  }

  /** Listens at exactly these. A port that somebody else has is left out: it is theirs. */
  set(ports: readonly number[]): void {
    for (const [port, relay] of this.#relays) {
      if (ports.includes(port)) continue;
      this.#relays.delete(port);
      relay.then((open) => open?.[Symbol.asyncDispose]()).catch(() => undefined);
    }
    for (const port of ports) {
      if (this.#relays.has(port)) continue;
      const options = { address: this.#address, port, socket: this.#socket, preamble: `${NODE_IN_TUNNEL} ${port}\n` };
      this.#relays.set(
        port,
        Relay.listen(options).catch(() => undefined),
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const relays = await Promise.all(this.#relays.values());
    await Promise.all(relays.map((relay) => relay?.[Symbol.asyncDispose]()));
  }
}
