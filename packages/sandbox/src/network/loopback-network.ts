import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { PodSandbox } from '../kubelet/pod-network.ts';
import type { Place } from '../ports/place.ts';
import { type LoopbackBlocks, loopbackPlace } from '../runtime/permissions/loopback-place.ts';
import type { NodeNetwork } from './node-network.ts';
import { GATEWAY, PodAddresses } from './pod-addresses.ts';

/** Second numbers of the blocks, apart from the addresses of sandboxes themselves (host/loopback-address.ts). */
const PODS = Array.from({ length: 48 }, (_, index) => 128 + index);
const SERVICES = [176, 192, 208, 224, 240];
/** A port that stands for a block: whoever listens there has it. */
const CLAIM_PORT = 50_000;

/**
 * The cluster's addresses on the loopback device of a machine that allows no network namespaces: every pod and every
 * Service has an address of 127.0.0.0/8 of its own, which on Linux are all this machine's.
 */
export class LoopbackNetwork implements NodeNetwork {
  readonly blocks: LoopbackBlocks;
  readonly place: Place;
  readonly #claims: readonly net.Server[];
  readonly #addresses = new PodAddresses();

  private constructor(blocks: LoopbackBlocks, claims: readonly net.Server[]) {
    this.blocks = blocks;
    // what a cluster's node listens at for everybody is for this machine alone
    this.place = (address, port) => loopbackPlace(blocks, address === '0.0.0.0' ? GATEWAY : address, port);
    this.#claims = claims;
  }

  /** @throws the system's error where no block can be had: EADDRINUSE when other sandboxes have all */
  static async open(): Promise<LoopbackNetwork> {
    const pods = await claim(PODS);
    const services = await claim(SERVICES);
    return new LoopbackNetwork({ pods: pods.block, services: services.block }, [pods.server, services.server]);
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

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#claims.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function claim(blocks: readonly number[]): Promise<{ block: number; server: net.Server }> {
  const start = randomInt(blocks.length);
  const order = [...blocks.slice(start), ...blocks.slice(0, start)];
  for (const block of order) {
    const server = net.createServer((socket) => socket.destroy());
    try {
      server.listen(CLAIM_PORT, `127.${block}.0.1`);
      await once(server, 'listening');
      return { block, server };
    } catch (error) {
      if (block === order.at(-1)) throw error;
    }
  }
  throw new Error('there are no blocks');
}
