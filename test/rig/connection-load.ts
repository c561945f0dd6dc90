import net from 'node:net';

/** What became of one new connection that asked for `/`, read a whole answer and hung up. */
export interface ConnectionOutcome {
  readonly startedAt: number;
  readonly tookMs: number;
  readonly ended: 'answered' | 'refused' | 'reset' | 'empty' | 'late';
}

/** Longer than a forward may let a connection wait. */
const LATE_MS = 40_000;

/** Opens a new connection to a port at a steady rate, however long the ones before take. */
export class ConnectionLoad implements AsyncDisposable {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<unknown>>();
  #outcomes: ConnectionOutcome[] = [];

  constructor(target: { readonly host: string; readonly port: number }, perSecond: number) {
    this.#target = target;
    this.#timer = setInterval(() => this.#connect(), 1000 / perSecond);
  }

  /** The outcomes since the last call, of connections that have ended. */
  take(): ConnectionOutcome[] {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    return outcomes;
  }

  /** Opens no more, and resolves when all have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  #connect(): void {
    const one = ask(this.#target)
      .then((outcome) => this.#outcomes.push(outcome))
      .finally(() => this.#open.delete(one));
    this.#open.add(one);
  }
}

function ask({ host, port }: { readonly host: string; readonly port: number }): Promise<ConnectionOutcome> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, noDelay: true });
    let answer = '';
    let error: string | undefined;
    const late = setTimeout(() => {
      error = 'late';
      socket.destroy();
    }, LATE_MS);
    socket.once('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      if (isWhole(answer)) socket.end();
    });
    const settle = (ended: ConnectionOutcome['ended']) =>
      resolve({ startedAt, tookMs: performance.now() - startedAt, ended });
    socket.once('finish', () => settle('answered'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      error = code === 'ECONNREFUSED' ? 'refused' : 'reset';
    });
    socket.once('close', () => {
      clearTimeout(late);
      settle((error as ConnectionOutcome['ended'] | undefined) ?? (answer === '' ? 'empty' : 'reset'));
    });
  });
}

/** Whether an answer has come to its end, by its own word. */
function isWhole(answer: string): boolean {
  const [, length] = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)\r\n/is.exec(answer) ?? [];
  const body = answer.indexOf('\r\n\r\n') + 4;
  return length !== undefined && body > 3 && answer.length - body >= Number(length);
}
