const NETWORK = { prefix: '10.244', bits: 16, first: 2, last: 65_534 };

/** The node's own address on the pods' network, and their way out. */
export const GATEWAY = `${NETWORK.prefix}.0.1`;
/** Bits of an address that name the pods' network. */
export const POD_NETWORK_BITS = NETWORK.bits;

/**
 * The link's address that an address of the pods' network has, as CNI's plugins derive it. Whoever asked once by ARP goes
 * on sending to what was answered: a bridge without an address of its own takes that of the pod whose is lowest, another
 * one when pods come and go, and what is sent to the one before is lost, for up to a minute.
 */
export function linkAddress(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['0a', '58', ...bytes].join(':');
}

/** Addresses for pods, in turn, so that one comes back as late as can be. */
export class PodAddresses {
  readonly #used = new Set<string>();
  #next = NETWORK.first;

  /** @throws Error in the words of the CNI plugin host-local when all are taken */
  take(): string {
    const { prefix, bits, first, last } = NETWORK;
    for (let tried = first; tried <= last; tried++) {
      const address = `${prefix}.${this.#next >> 8}.${this.#next & 255}`;
      this.#next = this.#next === last ? first : this.#next + 1;
      if (this.#used.has(address)) continue;
      this.#used.add(address);
      return address;
    }
    throw new Error(`no IP addresses available in network: ${prefix}.0.0/${bits}`);
  }

  giveBack(address: string): void {
    this.#used.delete(address);
  }
}
