import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { parse } from 'yaml';
import type { Fault } from '../../packages/sandbox/src/host/fault.ts';
import { ApiStream } from './api-stream.ts';
import { answerTo, type HttpAnswer, type HttpRequest } from './http-answer.ts';

const TIMEOUT_MS = 30_000;

/** Where the API is, and what its clients prove themselves and know it with. */
interface Server {
  readonly url: string;
  /** Certificates as they are used: to read them again for every connection is dear. */
  readonly credentials: Pick<ConnectionOptions, 'secureContext'>;
}

/** Speaks to a sandbox as its clients do, by the files in its folder; every request has a connection of its own. */
export class SandboxClient {
  readonly #folder: string;
  #kubeconfig = '';
  #known: Server | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A request to the control socket. */
  control(where: string, body = ''): Promise<HttpAnswer> {
    return this.#overSocket('control.sock', where, { method: 'POST', body });
  }

  /** @throws Error with the sandbox's words when it refuses */
  async fault(fault: Fault): Promise<void> {
    await this.#done('/fault', JSON.stringify(fault));
  }

  /** As `minikube stop` and `minikube start`. */
  async restart(): Promise<void> {
    await this.#done('/restart');
  }

  engine(where: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    return this.#overSocket('node/docker.sock', where, request);
  }

  api(where: string, { method = 'GET', headers, body, timeoutMs = TIMEOUT_MS }: HttpRequest = {}): Promise<HttpAnswer> {
    const { url, credentials } = this.#server;
    const request = https.request(new URL(where, url), {
      ...credentials,
      method,
      headers: { 'content-type': 'application/json', ...headers },
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answerTo(request, body);
  }

  /** An answer that goes on, line by line: a watch, a followed log. Resolves when it has begun. */
  follow(where: string): Promise<ApiStream> {
    const { url, credentials } = this.#server;
    return ApiStream.open(https.get(new URL(where, url), { ...credentials, agent: false }));
  }

  /** Of the node, as seen from this machine. */
  get address(): string {
    return new URL(this.#server.url).hostname;
  }

  /** As the kubeconfig says now. */
  get #server(): Server {
    const text = readFileSync(path.join(this.#folder, 'kubeconfig'), 'utf8');
    if (this.#known === undefined || text !== this.#kubeconfig) {
      this.#known = serverOf(text);
      this.#kubeconfig = text;
    }
    return this.#known;
  }

  async #done(where: string, body?: string): Promise<void> {
    const answer = await this.control(where, body);
    if (answer.status !== 200) throw new Error(`${where} ${body}: ${answer.body}`);
  }

  #overSocket(socket: string, where: string, request: HttpRequest): Promise<HttpAnswer> {
    const { method = 'GET', headers, body, timeoutMs = TIMEOUT_MS } = request;
    const options = { socketPath: path.join(this.#folder, socket), path: where, method, agent: false as const };
    const signal = AbortSignal.timeout(timeoutMs);
    return answerTo(http.request({ ...options, signal, headers: { connection: 'close', ...headers } }), body);
  }
}

function serverOf(kubeconfig: string): Server {
  const config = parse(kubeconfig);
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const pem = (data: string) => Buffer.from(data, 'base64');
  const secureContext = createSecureContext({
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  });
  return { url: cluster.server, credentials: { secureContext } };
}
