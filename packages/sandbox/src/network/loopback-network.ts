import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { PodSandbox } from '../kubelet/pod-network.ts';
import type { Endpoint, Place } from '../ports/place.ts';
import { LOOPBACK } from '../runtime/permissions/cluster-address.ts';
import { LoopbackPorts } from '../runtime/permissions/loopback-ports.ts';
import type { NodeNetwork } from './node-network.ts';
import { GATEWAY, PodAddresses } from './pod-addresses.ts';

/** tcpmux: nobody has it, so a connection to it is refused as one to a port without a listener is. */
const NOBODYS_PORT = 1;

/**
 * The cluster's network on a machine that allows no network namespaces. There is one loopback address (macOS has no
 * more), so what listens at an address of the cluster has any port of it that is free, and says which.
 */
export class LoopbackNetwork implements NodeNetwork {
  readonly ports = new LoopbackPorts();
  readonly #addresses = new PodAddresses();

  readonly place: Place = (address, port) => ({
    host: LOOPBACK,
    port: this.ports.find(standIn(address), port) ?? NOBODYS_PORT,
  });

  placeToListen(): Endpoint {
    return { host: LOOPBACK, port: 0 };
  }

  publish(address: string, port: number, at: number): Disposable {
    return this.ports.add(standIn(address), port, at) ?? { [Symbol.dispose]: () => undefined };
  }

  /**
   * Connects to a port of a pod.
   *
   * @throws the system's error where nothing listens
   */
  async dial({ address }: PodSandbox, port: number): Promise<Duplex> {
    const socket = net.connect({ ...this.place(address, port), allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  }

  async attach(): Promise<PodSandbox> {
    const address = this.#addresses.take();
    return { address, pid: undefined, [Symbol.asyncDispose]: async () => this.#addresses.giveBack(address) };
  }

  /** Listeners are their owners'. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** What a cluster's node listens at for everybody is the node's. */
function standIn(address: string): string {
  return address === '0.0.0.0' ? GATEWAY : address;
}
