import type { Duplex } from 'node:stream';
import type { PodSandbox } from '../kubelet/pod-network.ts';
import { PLACES_AS_THEY_ARE } from '../ports/place.ts';
import { ToolShell } from '../runtime/tool-shell.ts';
import { ip } from './ip-command.ts';
import type { NodeNetwork } from './node-network.ts';
import { GATEWAY, linkAddress, POD_NETWORK_BITS, PodAddresses } from './pod-addresses.ts';
import { dialNode, PodDialer } from './pod-dialer.ts';
import { PodHolder } from './pod-holder.ts';

const BRIDGE = 'cni0';
/** Every address of it is the node's own: Services listen on theirs without being given them one by one. */
const SERVICE_NETWORK = '10.96.0.0/12';
/** How many networks are held ready, so that a pod waits for none. */
const PREPARED = 2;

interface Prepared {
  readonly holder: PodHolder;
  readonly address: string;
}

/** A bridge in this process's network namespace, to which the pods are joined. It needs to be root in it. */
export class BridgeNetwork implements NodeNetwork {
  readonly place = PLACES_AS_THEY_ARE.place;
  readonly placeToListen = PLACES_AS_THEY_ARE.placeToListen;
  readonly publish = PLACES_AS_THEY_ARE.publish;
  readonly #pool: Promise<Prepared>[] = [];
  readonly #addresses = new PodAddresses();
  readonly #holders = new Set<PodHolder>();
  readonly #dialer: PodDialer;
  readonly #shell: ToolShell;
  #links = 0;
  #isClosed = false;

  /**
   * @param folder for Unix sockets; private, absolute, short
   * @throws Error where the namespace lets nobody make links
   */
  static async open(folder: string): Promise<BridgeNetwork> {
    await using opened = new AsyncDisposableStack();
    const shell = opened.use(new ToolShell('sh', { PATH: process.env['PATH'] ?? '' }));
    await ip(shell, [
      'link set lo up',
      `link add ${BRIDGE} address ${linkAddress(GATEWAY)} type bridge`,
      `addr add ${GATEWAY}/${POD_NETWORK_BITS} dev ${BRIDGE}`,
      `link set ${BRIDGE} up`,
      `route add local ${SERVICE_NETWORK} dev lo`,
    ]);
    opened.move();
    return new BridgeNetwork(folder, shell);
  }

  private constructor(folder: string, shell: ToolShell) {
    this.#shell = shell;
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
    await ip(this.#shell, [`link del ${BRIDGE}`, `route del local ${SERVICE_NETWORK} dev lo`]);
    await this.#shell[Symbol.asyncDispose]();
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
    const address = this.#addresses.take();
    try {
      const holder = await PodHolder.open(this.#shell, {
        address: `${address}/${POD_NETWORK_BITS}`,
        linkAddress: linkAddress(address),
        gateway: GATEWAY,
        bridge: BRIDGE,
        link: `veth${++this.#links}`,
      });
      this.#holders.add(holder);
      return { holder, address };
    } catch (error) {
      this.#addresses.giveBack(address);
      throw error;
    }
  }

  async #release({ holder, address }: Prepared): Promise<void> {
    this.#holders.delete(holder);
    await Promise.all([holder[Symbol.asyncDispose](), this.#dialer.forget(holder.pid)]);
    this.#addresses.giveBack(address);
  }
}
