import type net from 'node:net';
import type { ApiServer } from '../api-server/api-server.ts';
import type { OutsidePort } from '../host/node-messages.ts';
import { NodePortServer } from '../network/node-port-server.ts';
import { GATEWAY } from '../network/pod-addresses.ts';
import type { Place } from '../ports/place.ts';

/** The ports of this machine that the host has opened for the node. */
export class OutsidePorts implements Disposable {
  readonly #api: ApiServer;
  readonly #place: Place;
  readonly #nodePorts = new Map<number, NodePortServer>();

  /** @param place of what the node listens at itself */
  constructor(api: ApiServer, place: Place) {
    this.#api = api;
    this.#place = place;
  }

  async open(port: OutsidePort, listener: net.Server): Promise<void> {
    if (port === 'api') await this.#api.listen(listener);
    else this.#nodePorts.set(port, new NodePortServer(listener, this.#place(GATEWAY, port)));
  }

  /** Connections to the API are cut; those to pods end with their pods, as behind kube-proxy. */
  async close(port: OutsidePort): Promise<void> {
    if (port === 'api') {
      await this.#api.shut();
      return;
    }
    this.#nodePorts.get(port)?.[Symbol.dispose]();
    this.#nodePorts.delete(port);
  }

  /** The API is its owner's to end. */
  [Symbol.dispose](): void {
    for (const server of this.#nodePorts.values()) server[Symbol.dispose]();
  }
}
