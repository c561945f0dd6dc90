import type { Duplex } from 'node:stream';
import type { PodNetwork, PodSandbox } from '../kubelet/pod-network.ts';
import { ip } from './ip-command.ts';
import { dialNode, PodDialer } from './pod-dialer.ts';
import { PodHolder } from './pod-holder.ts';

const BRIDGE = 'cni0';
/** The node's own address on the bridge, and the pods' way out. */
export const GATEWAY = '10.244.0.1';
const POD_NETWORK = { prefix: '10.244', bits: 16, first: 2, last: 65_534 };
/** Every address of it is the node's own: Services listen on theirs without being given them one by one. */
const SERVICE_NETWORK = '10.96.0.0/12';
/** How many networks are held ready, so that a pod waits for none. */
const PREPARED = 2;

interface Prepared {
  readonly holder: PodHolder;
  readonly address: string;
}

/** A bridge in this process's network namespace, to which the pods are joined. It needs to be root in it. */
export class BridgeNetwork implements PodNetwork, AsyncDisposable {
  readonly #pool: Promise<Prepared>[] = [];
  readonly #used = new Set<string>();
  readonly #holders = new Set<PodHolder>();
  readonly #dialer: PodDialer;
  #next = POD_NETWORK.first;
  #links = 0;
  #isClosed = false;

  /**
   * @param folder for Unix sockets; private, absolute, short
   * @throws Error where the namespace lets nobody make links
   */
  static async open(folder: string): Promise<BridgeNetwork> {
    await ip([
      'link set lo up',
      `link add ${BRIDGE} type bridge`,
      `addr add ${GATEWAY}/${POD_NETWORK.bits} dev ${BRIDGE}`,
      `link set ${BRIDGE} up`,
      `route add local ${SERVICE_NETWORK} dev lo`,
    ]);
    return new BridgeNetwork(folder);
  }

  private constructor(folder: string) {
    this.#dialer = new PodDialer(folder);
    this.#fill();
  }

  /**
   * Connects to a port of a pod, on its loopback address too.
   *
   * @throws the system's error where nothing listens
   */
  dial({ address, pid }: PodSandbox, port: number): Promise<Duplex> {
    return pid === undefined ? dialNode(port) : this.#dialer.dial({ address, pid }, port);
  }

  async attach(): Promise<PodSandbox> {
    const prepared = this.#pool.shift() ?? this.#prepare();
    this.#fill();
    const { holder, address } = await prepared;
    return {
      address,
      pid: holder.pid,
      [Symbol.asyncDispose]: () => this.#release({ holder, address }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#pool.splice(0));
    await this.#dialer[Symbol.asyncDispose]();
    await Promise.all([...this.#holders].map((holder) => holder[Symbol.asyncDispose]()));
    await ip([`link del ${BRIDGE}`, `route del local ${SERVICE_NETWORK} dev lo`]);
  }

  #fill(): void {
    while (this.#pool.length < PREPARED) {
      const prepared = this.#prepare();
      this.#pool.push(prepared);
      // Who takes it is told; until then nobody waits for it.
      prepared.catch(() => undefined);
    }
  }

  async #prepare(): Promise<Prepared> {
    if (this.#isClosed) throw new Error('the network of the node is closed');
    const address = this.#takeAddress();
    try {
      const holder = await PodHolder.open({
        address: `${address}/${POD_NETWORK.bits}`,
        gateway: GATEWAY,
        bridge: BRIDGE,
        link: `veth${++this.#links}`,
      });
      this.#holders.add(holder);
      return { holder, address };
    } catch (error) {
      this.#used.delete(address);
      throw error;
    }
  }

  async #release({ holder, address }: Prepared): Promise<void> {
    this.#holders.delete(holder);
    await Promise.all([holder[Symbol.asyncDispose](), this.#dialer.forget(holder.pid)]);
    this.#used.delete(address);
  }

  /** In turn, so that an address comes back as late as can be. */
  #takeAddress(): string {
    const { prefix, first, last } = POD_NETWORK;
    for (let tried = first; tried <= last; tried++) {
      const address = `${prefix}.${this.#next >> 8}.${this.#next & 255}`;
      this.#next = this.#next === last ? first : this.#next + 1;
      if (this.#used.has(address)) continue;
      this.#used.add(address);
      return address;
    }
    throw new Error(`no IP addresses available in network: ${prefix}.0.0/${POD_NETWORK.bits}`);
  }
}
