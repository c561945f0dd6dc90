import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Place } from '../ports/place.ts';
import type { PodStreams } from '../ports/pod-streams.ts';
import { StatusError } from '../ports/status-error.ts';
import { Catalog } from '../resources/catalog.ts';
import { badRequest, notFound } from '../resources/status-errors.ts';
import { answerFailure, answerJson, answerText, failureStatus } from './answers.ts';
import { ApiFaults } from './api-faults.ts';
import { userOf } from './authentication.ts';
import type { Certificates } from './certificates.ts';
import { AGGREGATED, aggregatedDiscovery, coreVersions, groupAnswer, groupList, resourceList } from './discovery.ts';
import { createFirstObjects } from './first-objects.ts';
import { KUBERNETES_VERSION } from './kubernetes-version.ts';
import { ObjectRegistry } from './object-registry.ts';
import { openapiDocument, openapiIndex } from './openapi.ts';
import { OPENAPI_V2, openapiV2 } from './openapi-v2.ts';
import { resourceTarget } from './request-target.ts';
import { ResourceApi } from './resource-api.ts';

export interface ApiServerOptions {
  readonly certificates: Certificates;
  readonly streams: PodStreams;
  /** Where pods' addresses are reached from this process. */
  readonly place: Place;
  /** A bearer token that is as good as the client certificate. */
  readonly token?: string;
}

/** One for all requests: an error made for each would cost more than most answers. */
const LEFT = new Error('the client has left');
/** Kept-alive connections outlive the pauses of their clients, so that none is closed under a request. */
const KEEP_ALIVE_MS = 180_000;

const UNAUTHENTICATED_PATHS = /^\/(?:livez|readyz|healthz|version)(?:\/|$)/;

/** The Kubernetes API over HTTPS, with the objects of the cluster in memory. */
export class ApiServer implements AsyncDisposable {
  /** The same objects, for the controllers and the kubelet in this process. */
  readonly store: ObjectStore;
  readonly faults: ApiFaults;
  readonly #catalog = new Catalog();
  readonly #resources: ResourceApi;
  readonly #registry: ObjectRegistry;
  readonly #streams: PodStreams;
  readonly #token: string | undefined;
  readonly #server: https.Server;
  /** Those too that have become WebSockets. */
  readonly #connections = new Set<net.Socket>();

  constructor({ certificates, streams, place, token }: ApiServerOptions) {
    this.#registry = new ObjectRegistry(this.#catalog);
    this.store = this.#registry;
    createFirstObjects(this.#registry);
    this.#streams = streams;
    this.#token = token;
    this.#resources = new ResourceApi(this.#catalog, this.#registry, streams, place);
    this.faults = new ApiFaults({
      dropWatches: () => this.#resources.dropWatches(),
      expireHistory: () => this.#registry.tables.history.compact(this.#registry.tables.revision),
    });
    const { ca, serverCert: cert, serverKey: key } = certificates;
    this.#server = https.createServer(
      { ca, cert, key, requestCert: true, rejectUnauthorized: false, keepAliveTimeout: KEEP_ALIVE_MS },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on('connection', (socket: net.Socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#server.on('tlsClientError', (_, socket) => socket.destroy());
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Proves itself otherwise to whoever connects from now on, as after a restart of minikube. */
  renew({ ca, serverCert: cert, serverKey: key }: Certificates): void {
    this.#server.setSecureContext({ ca, cert, key });
  }

  /** @param listener whose connections it takes from now on; it may be of another network than this process's */
  async listen(listener: net.Server): Promise<void> {
    this.#server.listen(listener);
    await once(this.#server, 'listening');
  }

  /** Listens no more, and cuts what is connected. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const left = new AbortController();
    response.once('close', () => left.abort(LEFT));
    try {
      await this.faults.wait(left.signal);
      const fault = this.faults.take(request.method ?? 'GET', url.pathname);
      if (fault !== undefined) throw new StatusError(fault.status, fault.reason, fault.message);
      await this.#answer(request, response, url);
    } catch (error) {
      if (!left.signal.aborted) answerFailure(response, error);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { pathname, searchParams: query } = url;
    const user = userOf(request, this.#token);
    if (user === undefined && !UNAUTHENTICATED_PATHS.test(pathname)) throw unauthorized();
    const target = resourceTarget(this.#catalog, pathname);
    if (target !== undefined && user !== undefined) {
      return await this.#resources.answer({ target, query, request, response, user });
    }
    const health = /^\/(livez|readyz|healthz)(?:\/|$)/.exec(pathname)?.[1];
    if (health !== undefined) {
      return answerText(response, 200, query.has('verbose') ? `[+]ping ok\n${health} check passed\n` : 'ok');
    }
    if (pathname === '/openapi/v2') {
      response.writeHead(200, { 'content-type': OPENAPI_V2 }).end(openapiV2(this.#catalog));
      return;
    }
    const document = this.#document(pathname, request.headers.accept ?? '');
    if (document !== undefined) return answerJson(response, 200, document.body, document.type);
    const [, root, group = '', version = ''] = pathname.split('/');
    const kinds = root === 'api' ? this.#catalog.kinds('', group) : this.#catalog.kinds(group, version);
    if (kinds.length > 0) {
      throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
    }
    answerText(response, 404, '404 page not found\n');
  }

  /** What tells of the API itself. */
  #document(path: string, accept: string): { body: unknown; type?: string } | undefined {
    const catalog = this.#catalog;
    const [, root, group, version, ...rest] = path.replace(/\/$/, '').split('/');
    const isAggregated = /as=APIGroupDiscoveryList/.test(accept) && /v=v2(?!beta)/.test(accept);
    const found = (body: unknown) => (body === undefined ? undefined : { body });
    if (path === '/')
      return {
        body: { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] },
      };
    if (path === '/version') return { body: versionInfo() };
    if (root === 'openapi' && group === 'v3') {
      if (version === undefined) return { body: openapiIndex(catalog) };
      const [first = '', second = ''] = rest;
      return found(version === 'api' ? openapiDocument(catalog, '', first) : openapiDocument(catalog, first, second));
    }
    if ((root !== 'api' && root !== 'apis') || rest.length > 0) return undefined;
    if (group === undefined) {
      if (isAggregated) return { body: aggregatedDiscovery(catalog, root), type: AGGREGATED };
      return { body: root === 'api' ? coreVersions() : groupList(catalog) };
    }
    if (root === 'api') return version === undefined ? found(resourceList(catalog, '', group)) : undefined;
    return found(version === undefined ? groupAnswer(catalog, group) : resourceList(catalog, group, version));
  }

  /** `exec`, `attach` and `portforward` go on as another protocol. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      if (userOf(request, this.#token) === undefined) throw unauthorized();
      const { pathname, searchParams: query } = urlOf(request);
      const fault = this.faults.take(request.method ?? 'GET', pathname);
      if (fault !== undefined) throw new StatusError(fault.status, fault.reason, fault.message);
      const target = resourceTarget(this.#catalog, pathname);
      if (target?.kind.resource !== 'pods' || target.name === undefined) throw badRequest('Upgrade request required');
      const { kind, namespace, name, subresource } = target;
      const pod = this.store.get({ resource: 'pods', namespace, name });
      if (pod === undefined) throw notFound(kind, name);
      const upgrade = { request, socket, head };
      if (subresource === 'portforward') this.#streams.portForward(pod, query, upgrade);
      else if (subresource === 'exec' || subresource === 'attach') this.#streams.exec(pod, query, upgrade);
      else throw badRequest('Upgrade request required');
    } catch (error) {
      refuseUpgrade(socket, error);
    }
  }
}

function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

/** A target that is no URL (`//`) names nothing that is served. */
function urlOf(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  return URL.parse(target, 'https://localhost') ?? new URL('https://localhost/');
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(
          500,
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? error.message : error}`,
        );
  const text = JSON.stringify(failureStatus(status));
  const head = `HTTP/1.1 ${status.code} ${status.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n`;
  socket.end(head + text);
}

function versionInfo(): unknown {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split('.');
  return {
    major,
    minor,
    gitVersion: KUBERNETES_VERSION,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2025-04-22T16:03:58Z',
    goVersion: '',
    compiler: 'node',
    platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
