import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Fault, NotAFault, readFault } from './fault.ts';

/** What a test may do to the sandbox. */
export interface Control {
  fault(fault: Fault): Promise<void>;
  /** As `minikube stop` and `minikube start` do: another API port, new certificates, the same objects. */
  restart(): Promise<void>;
}

const MOST_BYTES = 100_000;

/** Takes faults on demand on a Unix socket: `POST /fault` with a fault as JSON, `POST /restart`. */
export class ControlServer implements AsyncDisposable {
  readonly #server: Server;

  constructor(control: Control) {
    let before: Promise<unknown> = Promise.resolve();
    this.#server = createServer((request, response) => {
      const previous = before;
      const answered = readRequest(request).then(async (asked) => {
        await previous;
        await (asked === 'restart' ? control.restart() : control.fault(asked));
      });
      before = answered.catch(() => undefined); // one after the other; a failure is told below
      answered.then(
        () => end(response, 200, {}),
        (error: unknown) => end(response, statusOf(error), { message: messageOf(error) }),
      );
    });
  }

  async listen(socket: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, resolve);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function readRequest(request: IncomingMessage): Promise<Fault | 'restart'> {
  const asked = `${request.method} ${request.url}`;
  if (asked === 'POST /restart') return 'restart';
  if (asked !== 'POST /fault') throw new Refusal(404, `there is no ${asked}: POST /fault or POST /restart`);
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BYTES) throw new Refusal(413, 'the fault is too long');
  }
  return readFault(text);
}

function statusOf(error: unknown): number {
  if (error instanceof NotAFault) return 400;
  return error instanceof Refusal ? error.status : 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
