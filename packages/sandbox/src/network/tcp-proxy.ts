import net from 'node:net';
import type { Places } from '../ports/place.ts';
import { BackendChoice } from './backend-choice.ts';
import { join } from './join.ts';
import { reset } from './reset.ts';
import type { Frontend } from './service-table.ts';

/** Listens at one address of a Service. Connections live on when it is disposed; they end with their pods. */
export class TcpProxy implements Disposable {
  readonly #choice: BackendChoice;
  readonly #places: Places;
  readonly #server: net.Server;
  #published: Disposable | undefined;

  constructor(frontend: Frontend, places: Places) {
    this.#places = places;
    this.#choice = new BackendChoice(frontend);
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true };
    this.#server = net.createServer(options, (socket) => this.#accept(socket));
    // A port that a program of the node has is that program's, as where kube-proxy cannot open it.
    this.#server.on('error', () => undefined);
    const { address, port } = frontend;
    this.#server.listen(places.placeToListen(address, port), () => {
      this.#published = places.publish(address, port, (this.#server.address() as net.AddressInfo).port);
    });
  }

  lead(frontend: Frontend): void {
    this.#choice.lead(frontend);
  }

  [Symbol.dispose](): void {
    this.#published?.[Symbol.dispose]();
    this.#server.close();
  }

  #accept(socket: net.Socket): void {
    socket.on('error', () => socket.destroy());
    const backend = this.#choice.for(socket.remoteAddress ?? '');
    if (backend === undefined) {
      reset(socket);
      return;
    }
    join(socket, this.#places.place(backend.address, backend.port), reset);
  }
}
