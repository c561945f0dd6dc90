import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Fault } from './node-messages.ts';

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
    this.#server = createServer((request, response) => {
      answer(control, request).then(
        () => end(response, 200, {}),
        (error: unknown) => end(response, error instanceof Refusal ? error.status : 500, { message: String(error) }),
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

async function answer(control: Control, request: IncomingMessage): Promise<void> {
  const asked = `${request.method} ${request.url}`;
  if (asked === 'POST /restart') return await control.restart();
  if (asked !== 'POST /fault') throw new Refusal(404, `there is no ${asked}: POST /fault or POST /restart`);
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BYTES) throw new Refusal(413, 'the fault is too long');
  }
  let fault: Fault;
  try {
    fault = JSON.parse(text) as Fault;
  } catch (error) {
    throw new Refusal(400, `the fault is not JSON: ${(error as Error).message}`);
  }
  await control.fault(fault);
}

function end(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
