export interface NodePort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** The ports of the node that Services ask for, for whoever opens them to the outside. */
export class NodePorts {
  readonly #listeners = new Set<() => void>();
  #list: readonly NodePort[] = [];

  /** In the order of their numbers. */
  get list(): readonly NodePort[] {
    return this.#list;
  }

  /** Told after the list has changed. */
  listen(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  set(ports: readonly NodePort[]): void {
    const sorted = ports.toSorted((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
    if (JSON.stringify(sorted) === JSON.stringify(this.#list)) return;
    this.#list = sorted;
    for (const listener of [...this.#listeners]) listener();
  }
}
