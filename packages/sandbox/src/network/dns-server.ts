import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import packet, { type Packet, type SoaAnswer } from 'dns-packet';
import type { ObjectStore } from '../ports/object-store.ts';
import { resolve, type Verdict } from './dns-records.ts';

const CODES: Readonly<Record<Verdict, number>> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 };
/** RFC 1035: what a datagram holds without EDNS. */
const DATAGRAM_BYTES = 512;

/** How many ports are tried where any will do. */
const ATTEMPTS = 10;

export interface DnsOptions {
  readonly store: ObjectStore;
  readonly address: string;
  /** 0: any. */
  readonly port: number;
  readonly domain: string;
}

/** The cluster's DNS server: what CoreDNS is. */
export class DnsServer implements AsyncDisposable {
  readonly #options: DnsOptions;
  readonly #udp = dgram.createSocket('udp4');
  readonly #tcp = net.createServer((socket) => this.#accept(socket));
  readonly #sockets = new Set<net.Socket>();

  /** @throws the system's error where the port cannot be had */
  static async open(options: DnsOptions): Promise<DnsServer> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new DnsServer(options);
      try {
        await server.#listen();
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        // any port that is free for datagrams need not be for connections
        if (options.port !== 0 || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private constructor(options: DnsOptions) {
    this.#options = options;
    this.#udp.on('message', (bytes, { address, port }) => {
      const answer = this.#answer(bytes, true);
      if (answer !== undefined) this.#udp.send(answer, port, address);
    });
  }

  async #listen(): Promise<void> {
    const { address, port } = this.#options;
    this.#udp.bind(port, address);
    await once(this.#udp, 'listening');
    this.#tcp.listen(this.port, address);
    await once(this.#tcp, 'listening');
    // An answer that cannot be sent is asked for again.
    this.#udp.on('error', () => undefined);
    this.#tcp.on('error', () => undefined);
  }

  get port(): number {
    return this.#udp.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#udp.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.#tcp.close(() => done()));
  }

  #accept(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let rest = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const length = rest.readUInt16BE(0);
        const answer = this.#answer(rest.subarray(2, 2 + length), false);
        rest = rest.subarray(2 + length);
        if (answer === undefined) continue;
        const header = Buffer.alloc(2);
        header.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([header, answer]));
      }
    });
  }

  /** Undefined for what is no question. */
  #answer(bytes: Buffer, isDatagram: boolean): Buffer | undefined {
    let query: Packet;
    try {
      query = packet.decode(bytes);
    } catch {
      return undefined;
    }
    const [question] = query.questions ?? [];
    if (question === undefined || query.type !== 'query') return undefined;
    const { store, domain } = this.#options;
    const { verdict, answers } = resolve(question, domain, store);
    const flags = packet.AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & packet.RECURSION_DESIRED);
    const response: Packet = {
      type: 'response',
      id: query.id ?? 0,
      flags: flags | packet.RECURSION_AVAILABLE | CODES[verdict],
      questions: [question],
      answers: [...answers],
      // Says for how long a name is known not to be there: RFC 2308.
      authorities: answers.length === 0 && verdict !== 'SERVFAIL' ? [soa(domain)] : [],
    };
    const encoded = packet.encode(response);
    if (!isDatagram || encoded.length <= datagramLimit(query)) return encoded;
    return packet.encode({ ...response, flags: (response.flags ?? 0) | packet.TRUNCATED_RESPONSE, answers: [] });
  }
}

function datagramLimit({ additionals = [] }: Packet): number {
  const option = additionals.find((each) => each.type === 'OPT');
  return Math.max(DATAGRAM_BYTES, option?.type === 'OPT' ? option.udpPayloadSize : 0);
}

function soa(domain: string): SoaAnswer {
  const data = {
    mname: `ns.dns.${domain}`,
    rname: `hostmaster.${domain}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: 30,
  };
  return { type: 'SOA', name: domain, ttl: 30, data };
}
