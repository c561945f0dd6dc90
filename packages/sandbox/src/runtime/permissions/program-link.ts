import type { Duplex } from 'node:stream';
import type { LoopbackPorts } from './loopback-ports.ts';
import type { NodeAnswer } from './program-messages.ts';

/** Longer than any message. */
const MOST_LINE_CHARACTERS = 4096;

/** Ports and ids are numbers, as JSON has them. */
type Said = Readonly<Record<string, unknown>>;

/** The node's end of a program's channel: notes where the program listens, and tells it where others do. */
export class ProgramLink {
  readonly #channel: Duplex;
  readonly #address: string;
  readonly #ports: LoopbackPorts;
  readonly #listening = new Map<number, Disposable>();
  #rest = '';

  /** @param address of the program's pod */
  constructor(channel: Duplex, address: string, ports: LoopbackPorts) {
    this.#channel = channel;
    this.#address = address;
    this.#ports = ports;
    channel.on('error', () => undefined); // 'close' follows
    channel.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    channel.once('close', () => this.#end());
  }

  #read(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#said(line);
    if (this.#rest.length > MOST_LINE_CHARACTERS) this.#channel.destroy(); // and the program ends
  }

  /** The program can write what it likes: what is no message is passed over. */
  #said(line: string): void {
    const { is, id, address, port, at } = read(line);
    if (!isPort(port)) return;
    if (is === 'listening' && isPort(at)) this.#listens(port, at);
    if (is === 'closed') this.#closes(port);
    if (is === 'find' && typeof id === 'number' && typeof address === 'string') {
      this.#tell({ is: 'found', id, at: this.#ports.find(address, port) });
    }
  }

  #listens(port: number, at: number): void {
    const added = this.#ports.add(this.#address, port, at);
    if (added === undefined) this.#tell({ is: 'taken', port });
    else this.#listening.set(port, added);
  }

  #closes(port: number): void {
    this.#listening.get(port)?.[Symbol.dispose]();
    this.#listening.delete(port);
  }

  #end(): void {
    for (const port of [...this.#listening.keys()]) this.#closes(port);
  }

  #tell(answer: NodeAnswer): void {
    if (this.#channel.writable) this.#channel.write(`${JSON.stringify(answer)}\n`);
  }
}

function read(line: string): Said {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null ? (said as Said) : {};
  } catch {
    return {};
  }
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
}
