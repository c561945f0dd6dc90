import { listen } from './loopback-address.ts';
import type { NodeProcess } from './node-process.ts';

/** Keeps each port that a Service has on the node open at the node's address on this machine. */
export class NodePorts {
  readonly #address: string;
  readonly #open = new Set<number>();
  #settled: Promise<void> = Promise.resolve();

  constructor(address: string) {
    this.#address = address;
  }

  /** Has exactly these open, when what was asked for before is done. A port that somebody else has is left out: it is theirs. */
  set(node: NodeProcess, ports: readonly number[]): void {
    this.#settled = this.#settled
      .then(() => this.#change(node, ports))
      // that the node has ended is told otherwise
      .catch(() => undefined);
  }

  async #change(node: NodeProcess, ports: readonly number[]): Promise<void> {
    for (const port of [...this.#open].filter((open) => !ports.includes(open))) {
      this.#open.delete(port);
      await node.ask({ type: 'close-port', port });
    }
    for (const port of ports.filter((wanted) => !this.#open.has(wanted))) {
      const server = await listen(this.#address, port).catch(() => undefined);
      if (server === undefined) continue;
      this.#open.add(port);
      await node.ask({ type: 'open-port', port }, server);
    }
  }
}
