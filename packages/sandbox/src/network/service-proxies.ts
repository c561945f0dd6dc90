import type { ObjectStore } from '../ports/object-store.ts';
import type { Places } from '../ports/place.ts';
import { NodePorts } from './node-ports.ts';
import { type Frontend, serviceTable } from './service-table.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { UdpProxy } from './udp-proxy.ts';

interface Proxy extends Disposable {
  lead(frontend: Frontend): void;
}

/**
 * Listens for every Service in this process's network namespace and leads its connections to pods that are ready: what
 * kube-proxy does, in user space. A Service without any is refused, as by its REJECT rule: nothing listens.
 */
export class ServiceProxies implements Disposable {
  readonly nodePorts = new NodePorts();
  readonly #store: ObjectStore;
  readonly #places: Places;
  readonly #proxies = new Map<string, Proxy>();
  readonly #listening: Disposable;
  #turn: NodeJS.Immediate | undefined;

  constructor(store: ObjectStore, places: Places) {
    this.#places = places;
    this.#store = store;
    this.#listening = store.listen(['services', 'endpoints'], () => {
      this.#turn ??= setImmediate(() => this.#update());
    });
    this.#update();
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#turn);
    this.#listening[Symbol.dispose]();
    for (const proxy of this.#proxies.values()) proxy[Symbol.dispose]();
    this.#proxies.clear();
  }

  #open(frontend: Frontend): Proxy {
    return frontend.protocol === 'TCP' ? new TcpProxy(frontend, this.#places) : new UdpProxy(frontend, this.#places);
  }

  #update(): void {
    this.#turn = undefined;
    const table = serviceTable(this.#store);
    for (const [key, proxy] of this.#proxies) {
      if ((table.get(key)?.backends.length ?? 0) > 0) continue;
      proxy[Symbol.dispose]();
      this.#proxies.delete(key);
    }
    for (const [key, frontend] of table) {
      if (frontend.backends.length === 0) continue;
      const proxy = this.#proxies.get(key);
      if (proxy !== undefined) proxy.lead(frontend);
      else this.#proxies.set(key, this.#open(frontend));
    }
    const nodePorts = [...table.values()].filter(({ isNodePort }) => isNodePort);
    this.nodePorts.set(nodePorts.map(({ port, protocol }) => ({ port, protocol })));
  }
}
