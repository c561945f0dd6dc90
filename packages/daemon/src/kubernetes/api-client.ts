import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { ApiRefusal, type Status, translateConnectionError } from './api-errors.ts';
import type { ClusterAddress } from './kubeconfig.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Media type of the body: decides how the API server reads a patch. */
  readonly contentType?: string;
  /** Media types of the answer. Default: JSON. */
  readonly accept?: string;
  /** Whether an answer may take any time to begin, as that of a followed log does that says nothing. */
  readonly mayWait?: boolean;
  readonly signal: AbortSignal;
}

/** An answer that never begins means a dead connection: no request but a watch may take longer. */
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Requests to one API server over kept-alive connections. It is this small because the loop needs any kind by path,
 * server-side apply, streams with an AbortSignal and errors by code, and nothing else of a client.
 */
export class ApiClient implements Disposable {
  readonly address: ClusterAddress;
  readonly #agent: http.Agent;
  #secureContext: SecureContext | undefined;

  constructor(address: ClusterAddress) {
    this.address = address;
    const secure = address.server.startsWith('https:');
    this.#agent = new (secure ? https : http).Agent({ keepAlive: true });
  }

  /** Options with which Node opens a TLS connection to this API server. */
  tls(): https.RequestOptions & { readonly secureContext: SecureContext } {
    const { ca, cert, key, skipTlsVerify, tlsServerName } = this.address;
    // Read once: certificates and key take as long to read as a connection's handshake.
    this.#secureContext ??= createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    return {
      secureContext: this.#secureContext,
      ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
      rejectUnauthorized: !skipTlsVerify,
    };
  }

  /**
   * Sends a request and reads its answer as JSON.
   *
   * @throws ApiRefusal with the API server's status; DevloopError `cluster/unreachable`; the signal's reason
   */
  async json<T>(path: string, request: ApiRequest): Promise<T> {
    const answer = await this.stream(path, request);
    return JSON.parse(await this.#textOf(answer, request.signal)) as T;
  }

  /** Sends a request and hands out its body as it comes. Throws as {@link json} does. */
  async stream(path: string, request: ApiRequest): Promise<IncomingMessage> {
    const answer = await this.#send(path, request);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    throw new ApiRefusal(
      status,
      readStatus(await this.#textOf(answer, request.signal)),
      `${request.method ?? 'GET'} ${path}`,
    );
  }

  /**
   * Asks the API server to speak another protocol from now on, and hands out the connection, which is the caller's to
   * close: it outlives this client. Throws as {@link json} does, {@link ApiRefusal} also where a proxy ignored what was
   * asked for.
   *
   * @param headers `upgrade` and what the protocol wants besides
   */
  upgrade(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Duplex> {
    const url = new URL(`${this.address.server}${path}`);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const request = this.#request(url, {
        method: 'POST',
        headers: { ...this.address.headers, ...headers, connection: 'Upgrade', 'content-length': 0 },
        timeout: ANSWER_TIMEOUT_MS,
      });
      const abort = () => request.destroy();
      const settled = () => signal.removeEventListener('abort', abort);
      signal.addEventListener('abort', abort, { once: true });
      request.once('upgrade', (_answer, socket, head) => {
        settled();
        socket.setTimeout(0);
        socket.setNoDelay(true);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.once('response', (answer) => {
        settled();
        const refused = (text: string) => new ApiRefusal(answer.statusCode ?? 0, readStatus(text), `POST ${path}`);
        this.#textOf(answer, signal).then((text) => reject(refused(text)), reject);
      });
      request.once('timeout', () => request.destroy(this.#noAnswer()));
      request.on('error', (error) => {
        settled();
        reject(signal.aborted ? signal.reason : translateConnectionError(error, this.address.server));
      });
      request.once('socket', (socket) => (socket as TLSSocket).setKeepAlive(true, 10_000));
      request.end();
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #request(url: URL, options: http.RequestOptions): http.ClientRequest {
    const { protocol } = url;
    if (protocol === 'https:') return https.request(url, { ...options, ...this.tls(), agent: this.#agent });
    return http.request(url, { ...options, agent: this.#agent });
  }

  #noAnswer(): DevloopError {
    return new DevloopError(
      'cluster/unreachable',
      `The Kubernetes API at ${this.address.server} did not answer within ${ANSWER_TIMEOUT_MS / 1000} s.`,
      'See whether the cluster is well: minikube status',
    );
  }

  async #textOf(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) chunks.push(chunk as Buffer);
    } catch (error) {
      signal.throwIfAborted();
      throw translateConnectionError(error, this.address.server);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #send(
    path: string,
    { method = 'GET', query = {}, body, contentType, accept = 'application/json', mayWait = false, signal }: ApiRequest,
  ): Promise<IncomingMessage> {
    const url = new URL(`${this.address.server}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const request = this.#request(url, {
        method,
        headers: {
          accept,
          ...this.address.headers,
          ...(payload === undefined
            ? {}
            : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      });
      const tooLate = () => {
        request.destroy(this.#noAnswer());
      };
      const overdue = mayWait ? undefined : setTimeout(tooLate, ANSWER_TIMEOUT_MS);
      // Not left to Node's own `signal`: that destroys a socket whose answer has come but is not read to its end in a
      // way that nobody listens to the error, which would end the process.
      let abort: () => void = () => request.destroy();
      const onAbort = () => abort();
      signal.addEventListener('abort', onAbort, { once: true });
      request.once('response', (answer) => {
        clearTimeout(overdue);
        abort = () => answer.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
        answer.once('close', () => signal.removeEventListener('abort', onAbort));
        answer.on('error', () => undefined); // whoever reads the answer is told as well
        resolve(answer);
      });
      request.on('error', (error) => {
        clearTimeout(overdue);
        signal.removeEventListener('abort', onAbort);
        reject(signal.aborted ? signal.reason : translateConnectionError(error, this.address.server));
      });
      // A laptop that slept leaves connections that look open; TCP keep-alive finds out.
      request.once('socket', (socket) => (socket as TLSSocket).setKeepAlive(true, 10_000));
      request.end(payload);
    });
  }
}

function readStatus(text: string): Status {
  try {
    return JSON.parse(text) as Status;
  } catch {
    return { message: text.trim() }; // proxies and the kubelet answer in plain words
  }
}
