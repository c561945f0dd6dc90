import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream } from 'ws';
import type { ContainerEngine } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { PodStreams, Upgrade } from '../ports/pod-streams.ts';
import { EXEC_PROTOCOLS, execOverChannels } from './channel-exec.ts';
import { FORWARD_PROTOCOLS, forwardOverChannels } from './channel-forward.ts';
import { upgradeToWebSocket } from './channel-socket.ts';
import { podLog } from './pod-log.ts';
import { commandRequest } from './run-command.ts';
import { execOverSpdy, SPDY_EXEC_PROTOCOLS } from './spdy-exec.ts';
import { forwardOverSpdy, SPDY_FORWARD_PROTOCOL, TUNNELLED_FORWARD_PROTOCOL } from './spdy-forward.ts';
import { isSpdy, upgradeToSpdy } from './spdy-upgrade.ts';
import { badRequest, KubeletRefusal, refuse, refuseUpgrade, StreamRefusal } from './status-response.ts';

const KUBELET_PORT = 10250;

export interface KubeletStreamsOptions {
  readonly engine: ContainerEngine;
  /** Whether a pod's network has been made and not been given back. */
  readonly hasNetwork: (podUid: string) => boolean;
  /** Connects to a port of a pod of the node. */
  readonly dial: (podUid: string, port: number) => Promise<Duplex>;
}

/** The kubelet's streams: logs, commands and forwarded ports. Disposing ends those that are open. */
export class KubeletStreams implements PodStreams, AsyncDisposable {
  readonly #options: KubeletStreamsOptions;
  /** Ends those that are open. */
  #ends = new AbortController();
  #isShut = false;
  readonly #open = new Set<Promise<void>>();
  readonly #sockets = new Set<Duplex>();
  readonly #logs = new Set<ServerResponse>();

  constructor(options: KubeletStreamsOptions) {
    this.#options = options;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ends.abort();
    this.drop();
    await Promise.allSettled(this.#open);
  }

  /** Cuts the connections of all that are open. */
  drop(): void {
    for (const end of [...this.#sockets, ...this.#logs]) end.destroy();
  }

  /** Ends all that are open as a kubelet that ends, whose logs seem to be over, and refuses others until {@link open}. */
  shut(): void {
    this.#isShut = true;
    this.#ends.abort();
    this.#ends = new AbortController();
    for (const socket of this.#sockets) socket.destroy();
  }

  open(): void {
    this.#isShut = false;
  }

  log(pod: KubeObject, query: URLSearchParams, response: ServerResponse): Promise<void> {
    if (this.#isShut) {
      const { hostIP } = pod['status'] ?? {};
      const { namespace, name } = pod.metadata;
      const container = query.get('container') ?? pod['spec'].containers[0].name;
      const address = `https://${hostIP}:${KUBELET_PORT}/containerLogs/${namespace}/${name}/${container}`;
      refuse(response, noKubelet(`Get "${address}"`, pod));
      return Promise.resolve();
    }
    this.#logs.add(response);
    response.once('close', () => this.#logs.delete(response));
    return this.#track(podLog(pod, query, response, this.#options.engine, this.#ends.signal));
  }

  exec(pod: KubeObject, query: URLSearchParams, upgrade: Upgrade): void {
    this.#accept(upgrade, pod, () => {
      const { pathname } = new URL(upgrade.request.url ?? '/', 'http://kubelet');
      const request = commandRequest(pod, query, pathname.endsWith('/attach'));
      if (isSpdy(upgrade.request)) {
        const carrier = upgradeToSpdy(upgrade, SPDY_EXEC_PROTOCOLS);
        if (carrier !== undefined) {
          this.#serve(upgrade, execOverSpdy(carrier, request, this.#options.engine, this.#ends.signal));
        }
        return;
      }
      upgradeToWebSocket(upgrade, EXEC_PROTOCOLS, (socket) => {
        this.#serve(upgrade, execOverChannels(socket, request, this.#options.engine, this.#ends.signal));
      });
    });
  }

  portForward(pod: KubeObject, query: URLSearchParams, upgrade: Upgrade): void {
    this.#accept(upgrade, pod, () => {
      const { name, namespace, uid = '' } = pod.metadata;
      if (!pod['spec'].nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
      // Whether anything runs in it is not asked: pkg/kubelet/kubelet_pods.go GetPortForward.
      if (!this.#options.hasNetwork(uid)) {
        throw new KubeletRefusal(500, 'Internal Server Error', `pod not found ("${name}_${namespace}")`);
      }
      const dial = (port: number) => this.#dial(pod, port);
      if (isSpdy(upgrade.request)) {
        const carrier = upgradeToSpdy(upgrade, [SPDY_FORWARD_PROTOCOL]);
        if (carrier !== undefined) this.#serve(upgrade, forwardOverSpdy(carrier, dial));
        return;
      }
      upgradeToWebSocket(upgrade, [TUNNELLED_FORWARD_PROTOCOL, ...FORWARD_PROTOCOLS], (socket, protocol) => {
        if (protocol === TUNNELLED_FORWARD_PROTOCOL) {
          this.#serve(upgrade, forwardOverSpdy(createWebSocketStream(socket), dial));
          return;
        }
        try {
          this.#serve(upgrade, forwardOverChannels(socket, forwardedPorts(query), dial));
        } catch (error) {
          if (!(error instanceof StreamRefusal)) throw error;
          socket.close(1011, error.message);
        }
      });
    });
  }

  async #dial({ metadata }: KubeObject, port: number): Promise<Duplex> {
    const { name, namespace, uid = '' } = metadata;
    try {
      return await this.#options.dial(uid, port);
    } catch (error) {
      const isRefused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
      const why = isRefused ? `dial tcp4 127.0.0.1:${port}: connect: connection refused` : String(error);
      const what = `failed to connect to localhost:${port} inside namespace "${uid}", IPv4: ${why}`;
      throw new Error(`error forwarding port ${port} to pod ${name}_${namespace}, uid ${uid}: ${what}`);
    }
  }

  #accept(upgrade: Upgrade, pod: KubeObject, open: () => void): void {
    const { socket } = upgrade;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      if (this.#isShut) throw noKubelet('error dialing backend', pod);
      open();
    } catch (error) {
      if (!(error instanceof StreamRefusal)) throw error;
      refuseUpgrade(socket, error);
    }
  }

  #serve({ socket }: Upgrade, stream: Promise<void>): void {
    // A stream that breaks takes its connection with it; there is nobody else to tell.
    this.#track(stream).catch(() => socket.destroy());
  }

  #track(stream: Promise<void>): Promise<void> {
    const tracked = stream.finally(() => this.#open.delete(tracked));
    this.#open.add(tracked);
    return tracked;
  }
}

/** What the API server says where no kubelet listens. */
function noKubelet(doing: string, pod: KubeObject): StreamRefusal {
  const address = `${pod['status']?.hostIP}:${KUBELET_PORT}`;
  return new StreamRefusal(500, 'InternalError', `${doing}: dial tcp ${address}: connect: connection refused`);
}

/** @throws StreamRefusal */
function forwardedPorts(query: URLSearchParams): number[] {
  const ports = query
    .getAll('ports')
    .flatMap((list) => list.split(','))
    .map((text) => text.trim());
  if (ports.length === 0) throw badRequest('query parameter "port" is required');
  return ports.map((text) => {
    const port = Number(text);
    if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
    throw badRequest(`unable to parse ${JSON.stringify(text)} as a port: must be 1-65535`);
  });
}
