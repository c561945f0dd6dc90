/** Where everything of a cluster is on a machine that has one loopback address: the ports of it that stand for others. */
export class LoopbackPorts {
  readonly #ports = new Map<string, number>();

  /** Undefined: nothing listens there. */
  find(address: string, port: number): number | undefined {
    return this.#ports.get(keyOf(address, port));
  }

  /**
   * Says where a port of an address is until it is disposed.
   *
   * @param at the port of 127.0.0.1
   * @returns undefined where another one has it
   */
  add(address: string, port: number, at: number): Disposable | undefined {
    const key = keyOf(address, port);
    if (this.#ports.has(key)) return undefined;
    this.#ports.set(key, at);
    return {
      [Symbol.dispose]: () => {
        if (this.#ports.get(key) === at) this.#ports.delete(key);
      },
    };
  }
}

function keyOf(address: string, port: number): string {
  return `${address}:${port}`;
}
