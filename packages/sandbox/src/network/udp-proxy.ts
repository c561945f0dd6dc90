import dgram from 'node:dgram';
import type { Places } from '../ports/place.ts';
import { BackendChoice } from './backend-choice.ts';
import type { Frontend } from './service-table.ts';

/** How long answers to a client are waited for: the kernel's own for a connection of datagrams. */
const IDLE_MS = 30_000;

interface Flow {
  readonly socket: dgram.Socket;
  idle: NodeJS.Timeout;
}

/** Passes datagrams on to a Service's pods, and what they answer back. */
export class UdpProxy implements Disposable {
  readonly #choice: BackendChoice;
  readonly #socket = dgram.createSocket('udp4');
  readonly #places: Places;
  readonly #flows = new Map<string, Flow>();

  constructor(frontend: Frontend, places: Places) {
    this.#places = places;
    this.#choice = new BackendChoice(frontend);
    this.#socket.on('error', () => undefined); // the port is taken: as where kube-proxy cannot open it
    this.#socket.on('message', (bytes, client) => this.#pass(bytes, client));
    const { host, port } = places.placeToListen(frontend.address, frontend.port);
    this.#socket.bind(port, host);
  }

  lead(frontend: Frontend): void {
    this.#choice.lead(frontend);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
    for (const key of [...this.#flows.keys()]) this.#end(key);
  }

  #pass(bytes: Buffer, client: dgram.RemoteInfo): void {
    const key = `${client.address}:${client.port}`;
    const known = this.#flows.get(key);
    if (known !== undefined) {
      known.idle.refresh();
      known.socket.send(bytes);
      return;
    }
    const backend = this.#choice.for(client.address);
    if (backend === undefined) return;
    const socket = dgram.createSocket('udp4');
    this.#flows.set(key, { socket, idle: setTimeout(() => this.#end(key), IDLE_MS) });
    socket.on('error', () => this.#end(key));
    socket.on('message', (answer) => {
      this.#flows.get(key)?.idle.refresh();
      this.#socket.send(answer, client.port, client.address);
    });
    const { host, port } = this.#places.place(backend.address, backend.port);
    socket.connect(port, host, () => socket.send(bytes));
  }

  #end(key: string): void {
    const flow = this.#flows.get(key);
    if (flow === undefined) return;
    this.#flows.delete(key);
    clearTimeout(flow.idle);
    flow.socket.close();
  }
}
