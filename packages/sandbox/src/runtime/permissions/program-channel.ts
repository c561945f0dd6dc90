import net from 'node:net';
import type { NodeAnswer, ProgramMessage } from './program-messages.ts';

/** Node writes it without waiting, whatever is in the way. */
const NEWLINE = '\n';

/** A program's way to the node, for as long as both are there. Keeps the program alive only while it asks something. */
export class ProgramChannel {
  readonly #socket: net.Socket;
  readonly #asked = new Map<number, (at: number | undefined) => void>();
  readonly #listening = new Map<number, () => void>();
  #lastId = 0;
  #rest = '';

  /**
   * @param fd a socket
   * @param onEnd told when the node is gone
   */
  constructor(fd: number, onEnd: () => void) {
    this.#socket = new net.Socket({ fd });
    this.#socket.on('error', () => undefined); // 'close' follows
    this.#socket.on('close', onEnd);
    this.#socket.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#socket.unref();
  }

  /** Asks which port of 127.0.0.1 an address and port of the cluster are; undefined where nothing listens. */
  find(address: string, port: number, found: (at: number | undefined) => void): void {
    this.#lastId += 1;
    this.#asked.set(this.#lastId, found);
    this.#socket.ref();
    this.#tell({ is: 'find', id: this.#lastId, address, port });
  }

  /**
   * Says that the pod's port is a port of 127.0.0.1.
   *
   * @param onTaken told when another program of the pod has it
   */
  listens(port: number, at: number, onTaken: () => void): void {
    this.#listening.set(port, onTaken);
    this.#tell({ is: 'listening', port, at });
  }

  closes(port: number): void {
    if (this.#listening.delete(port)) this.#tell({ is: 'closed', port });
  }

  #tell(message: ProgramMessage): void {
    this.#socket.write(`${JSON.stringify(message)}${NEWLINE}`);
  }

  #read(text: string): void {
    const lines = `${this.#rest}${text}`.split(NEWLINE);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#told(JSON.parse(line) as NodeAnswer);
  }

  #told(answer: NodeAnswer): void {
    if (answer.is === 'taken') {
      const onTaken = this.#listening.get(answer.port);
      this.#listening.delete(answer.port);
      onTaken?.();
      return;
    }
    const found = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (this.#asked.size === 0) this.#socket.unref();
    found?.(answer.at);
  }
}
