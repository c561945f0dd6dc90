import WebSocket from 'ws';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { ApiRefusal, translateConnectionError } from '../kubernetes/api-errors.ts';
import { ChannelStream } from './channel-stream.ts';
import { NodeConnections } from './node-connections.ts';
import type { PodStream } from './pod-stream.ts';

const SPDY = { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'portforward.k8s.io' };
const CHANNELS = 'v4.channel.k8s.io';
/**
 * Refusals that say that this server, or a proxy before it, does not let the upgrade through: Forbidden among them, since
 * SPDY is begun by a POST and a WebSocket by a GET, which are different rights.
 */
const NO_SPDY: ReadonlySet<number> = new Set([400, 403, 405, 426, 501]);

/** A pod's node that has been reached for one connection. To be disposed of, which gives it back where it was not used. */
export interface ReachedPod extends Disposable {
  /** Begins the connection to the pod's port, once. */
  begin(): PodStream;
}

/** Who wants to reach a pod. */
export interface ReachOptions {
  /** When it began to wait, ms of `performance.now()`: who has waited longest is first. */
  readonly since: number;
  readonly signal: AbortSignal;
}

/** Opens connections to ports of pods, by the better of two ways that the API server takes. */
export class Tunnels implements Disposable {
  /** API servers that were found to take no SPDY. */
  readonly #withoutSpdy = new WeakSet<ApiClient>();
  /** By API server, and by the pod's uid. */
  readonly #nodes = new Map<ApiClient, Map<string, NodeConnections>>();

  /**
   * Resolves when the node has been reached; whether something in the pod takes the connection is known only by what comes
   * of it.
   *
   * @throws ApiRefusal; DevloopError `cluster/unreachable`; the signal's reason
   */
  async reach(
    api: ApiClient,
    pod: KubernetesObject,
    port: number,
    { since, signal }: ReachOptions,
  ): Promise<ReachedPod> {
    const path = forwardPath(pod);
    if (this.#withoutSpdy.has(api)) return reachedOverChannel(await openChannel(api, path, port, signal));
    try {
      for (;;) {
        const connections = this.#connectionsTo(api, pod, path);
        const connection = await connections.take(since, signal);
        if (!connection.isFree) continue;
        return reachedBy(
          () => connection.open(port),
          () => connections.giveBack(connection),
        );
      }
    } catch (error) {
      if (!(error instanceof ApiRefusal && NO_SPDY.has(error.status))) throw error;
    }
    const stream = await openChannel(api, path, port, signal);
    this.#withoutSpdy.add(api);
    return reachedOverChannel(stream);
  }

  /** Makes connections to a pod's node ahead, so that as many are free, within bounds. */
  ahead(api: ApiClient, pod: KubernetesObject, count: number): void {
    if (!this.#withoutSpdy.has(api)) this.#connectionsTo(api, pod, forwardPath(pod)).ahead(count);
  }

  /** Whether a connection to a pod's node has been made ahead and is free. */
  isReached(api: ApiClient, pod: KubernetesObject): boolean {
    return this.#nodes.get(api)?.get(pod.metadata.uid ?? '')?.hasFree === true;
  }

  [Symbol.dispose](): void {
    for (const pods of this.#nodes.values()) for (const connections of pods.values()) connections[Symbol.dispose]();
    this.#nodes.clear();
  }

  #connectionsTo(api: ApiClient, { metadata: { uid = '' } }: KubernetesObject, path: string): NodeConnections {
    const pods = this.#nodes.get(api) ?? new Map<string, NodeConnections>();
    this.#nodes.set(api, pods);
    const known = pods.get(uid);
    if (known !== undefined) return known;
    const made: NodeConnections = new NodeConnections(
      (signal) => api.upgrade(path, SPDY, signal),
      () => {
        if (pods.get(uid) === made) pods.delete(uid);
        if (pods.size === 0) this.#nodes.delete(api);
      },
    );
    pods.set(uid, made);
    return made;
  }
}

function forwardPath({ metadata: { name, namespace } }: KubernetesObject): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}/portforward`;
}

/** A WebSocket has been opened for one connection and is of no other use. */
function reachedOverChannel(stream: PodStream): ReachedPod {
  return reachedBy(
    () => stream,
    () => stream.destroy(),
  );
}

function reachedBy(begin: () => PodStream, giveBack: () => void): ReachedPod {
  let isBegun = false;
  return {
    begin: () => {
      isBegun = true;
      return begin();
    },
    [Symbol.dispose]: () => {
      if (!isBegun) giveBack();
    },
  };
}

function openChannel(api: ApiClient, path: string, port: number, signal: AbortSignal): Promise<ChannelStream> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const url = `${api.address.server.replace(/^http/, 'ws')}${path}?ports=${port}`;
    const web = new WebSocket(url, CHANNELS, { ...api.tls(), headers: api.address.headers, perMessageDeflate: false });
    const abort = () => web.terminate();
    const settled = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    const onError = (error: unknown) => {
      settled();
      reject(signal.aborted ? signal.reason : translateConnectionError(error, api.address.server));
    };
    web.once('unexpected-response', (request, { statusCode = 0, statusMessage = '' }) => {
      settled();
      request.destroy();
      reject(new ApiRefusal(statusCode, { message: `HTTP ${statusCode} ${statusMessage}` }, `GET ${path}`));
    });
    web.on('error', onError);
    web.once('open', () => {
      settled();
      web.off('error', onError);
      resolve(new ChannelStream(web));
    });
  });
}
