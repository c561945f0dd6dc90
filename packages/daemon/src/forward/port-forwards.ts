import net from 'node:net';
import { DevloopError, isAborted, toReport } from '@devloop/shared/errors/devloop-error';
import type { ForwardSummary } from '@devloop/shared/protocol/service-state';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf, podTemplateOf } from '../deploy/workload-images.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { ServiceSpec } from '../project/project.ts';
import { isReady } from '../rollout/pod-diagnosis.ts';
import { isTerminating } from '../rollout/workload-status.ts';
import type { EventLog } from '../state/event-log.ts';
import { delay } from '../support/delay.ts';
import { TaskSet } from '../support/task-set.ts';
import { tunnel } from './pod-tunnel.ts';

/** How long a connection waits for a ready pod before it is closed. */
const POD_WAIT_MS = 30_000;
/** How often a port that is taken is tried again. */
const TAKEN_AGAIN_MS = 1000;

/** A port of this machine, and the port of a pod that it leads to. */
type PortForward = ServiceSpec['ports'][number];

interface Forward {
  readonly service: string;
  readonly local: number;
  readonly port: number | string;
  readonly server: net.Server;
  readonly sockets: Set<net.Socket>;
  status: ForwardSummary['status'];
  failure: ForwardSummary['failure'];
}

/**
 * The local listeners of the project: what the config and the user want against what is open. A listener stays for as
 * long as it is wanted; every connection gets a tunnel of its own to a pod that is ready at that moment.
 */
export class PortForwards implements AsyncDisposable {
  readonly #log: EventLog;
  readonly #session: () => ClusterSession | undefined;
  readonly #signal: AbortSignal;
  readonly #forwards = new Map<string, Forward>();
  readonly #tasks = new TaskSet(() => undefined);
  #services: readonly ServiceSpec[] = [];
  /** What the user wants of a service's port instead of what the config says; undefined: no forward. */
  readonly #wishes = new Map<string, (PortForward & { readonly service: string }) | undefined>();
  #bringing: Promise<void> = Promise.resolve();

  constructor(log: EventLog, session: () => ClusterSession | undefined, signal: AbortSignal) {
    this.#log = log;
    this.#session = session;
    this.#signal = signal;
  }

  /** Follows the config: closes what is no longer wanted and opens what is missing. */
  async sync(services: readonly ServiceSpec[]): Promise<void> {
    this.#services = services;
    await this.#bringAbout();
  }

  /**
   * Forwards a port until it is removed, whatever the config says. Of one port there is one forward only.
   *
   * @throws DevloopError `command/refused` when the local port is another forward's already
   */
  async add(service: string, { local, port }: PortForward): Promise<void> {
    const holder = [...this.#forwards.values()].find(
      (forward) => forward.local === local && !(forward.service === service && forward.port === port),
    );
    if (holder !== undefined) {
      throw new DevloopError(
        'command/refused',
        `Port ${local} of this machine leads to port ${holder.port} of ${holder.service} already.`,
        'Choose another local port, or remove that one first.',
      );
    }
    this.#wishes.set(portKey(service, port), { service, local, port });
    await this.#bringAbout();
  }

  /**
   * Ends the forward of a local port, whether it was added or is the config's.
   *
   * @throws DevloopError `command/refused` when the service has none
   */
  async remove(service: string, local: number): Promise<void> {
    const own = [...this.#forwards.values()].filter((forward) => forward.service === service);
    const forward = own.find((candidate) => candidate.local === local);
    if (forward === undefined) {
      throw new DevloopError(
        'command/refused',
        `Port ${local} of this machine does not lead to ${service}.`,
        own.length === 0 ? 'None does.' : `These do: ${own.map((one) => one.local).join(', ')}.`,
      );
    }
    this.#wishes.set(portKey(service, forward.port), undefined);
    await this.#bringAbout();
  }

  /** One at a time, so that none opens what another is closing. */
  #bringAbout(): Promise<void> {
    const mine = this.#bringing.then(() => this.#bringAboutNow());
    this.#bringing = mine.catch(() => undefined);
    return mine;
  }

  async #bringAboutNow(): Promise<void> {
    const wanted = new Map(
      this.#services.flatMap(({ name, ports }) => {
        const configured = ports.filter(({ port }) => !this.#wishes.has(portKey(name, port)));
        const wished = [...this.#wishes.values()].flatMap((wish) => (wish?.service === name ? wish : []));
        return [...configured, ...wished].map(
          (forward) => [keyOf(name, forward), { ...forward, service: name }] as const,
        );
      }),
    );
    for (const [key, forward] of this.#forwards) {
      if (!wanted.has(key)) {
        this.#forwards.delete(key);
        await close(forward);
        this.#tell(forward, 'closed');
      }
    }
    for (const [key, want] of wanted) {
      const known = this.#forwards.get(key);
      if (known === undefined) await this.#open(key, want);
    }
  }

  of(service: string): ForwardSummary[] {
    return [...this.#forwards.values()]
      .filter((forward) => forward.service === service)
      .map(({ local, port, status, failure }) => ({
        local,
        port,
        status,
        ...(failure === undefined ? {} : { failure }),
      }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#forwards.values()].map(close));
    this.#forwards.clear();
    await this.#tasks.ended();
  }

  async #open(key: string, want: { service: string; local: number; port: number | string }): Promise<void> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      this.#tasks.add(this.#serve(socket, want));
    });
    const forward: Forward = { ...want, server, sockets, status: 'listening', failure: undefined };
    this.#forwards.set(key, forward);
    try {
      await listen(server, want.local);
      this.#tell(forward, 'listening');
    } catch (error) {
      forward.status = 'failed';
      forward.failure = toReport(translateListenError(error, want.local));
      this.#tell(forward, 'failed');
      this.#tasks.add(this.#openLater(key, forward));
    }
  }

  /** Takes the port as soon as its holder has let go of it. */
  async #openLater(key: string, forward: Forward): Promise<void> {
    while (this.#forwards.get(key) === forward) {
      await delay(TAKEN_AGAIN_MS, this.#signal);
      if (this.#forwards.get(key) !== forward) return;
      try {
        await listen(forward.server, forward.local);
        forward.status = 'listening';
        forward.failure = undefined;
        this.#tell(forward, 'listening');
        return;
      } catch (error) {
        if (!(translateListenError(error, forward.local) instanceof DevloopError)) throw error;
      }
    }
  }

  async #serve(socket: net.Socket, want: { service: string; port: number | string }): Promise<void> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(POD_WAIT_MS)]);
    try {
      const { session, pod } = await this.#readyPod(want.service, signal);
      await tunnel(socket, session.api, pod, portOf(pod, want.port), session.signal);
    } catch (error) {
      if (!isAborted(error, signal)) socket.resetAndDestroy();
    } finally {
      socket.destroy();
    }
  }

  async #readyPod(service: string, signal: AbortSignal): Promise<{ session: ClusterSession; pod: KubernetesObject }> {
    // one that was closed stays the current one until there is another
    const open = () => {
      const session = this.#session();
      return session?.signal.aborted === false ? session : undefined;
    };
    for (;;) {
      const session = await this.#log.until(open, signal);
      const look = () => {
        if (session.signal.aborted) return 'lost' as const;
        return this.#podsOf(service, session).find((pod) => isReady(pod) && !isTerminating(pod));
      };
      const pod = await session.view.changed.until(look, signal);
      if (pod !== 'lost') return { session, pod };
    }
  }

  /** Pods whose labels are those of a template that the service deploys. */
  #podsOf(name: string, { view, namespace }: ClusterSession): KubernetesObject[] {
    const service = this.#services.find((candidate) => candidate.name === name);
    return (service?.manifests ?? []).flatMap(({ object }) => {
      if (podTemplateOf(object) === undefined) return [];
      const where = object.metadata.namespace ?? namespace;
      if (object.kind === 'Pod') return view.get('Pod', where, object.metadata.name) ?? [];
      const labels: Record<string, string> = object['spec']?.template?.metadata?.labels ?? {};
      return [...view.all('Pod', where)]
        .filter((pod) => Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value))
        .toSorted((a, b) => (String(a.metadata.creationTimestamp) < String(b.metadata.creationTimestamp) ? 1 : -1));
    });
  }

  #tell({ service, local, port, failure }: Forward, status: 'listening' | 'failed' | 'closed'): void {
    const about = failure === undefined ? {} : { failure };
    this.#log.dispatch({ type: 'forward-changed', service, local, port, status, ...about });
  }
}

function listen(server: net.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portKey(service: string, port: number | string): string {
  return `${service} ${port}`;
}

function keyOf(service: string, forward: { local: number; port: number | string }): string {
  return `${service} ${forward.local}:${forward.port}`;
}

/** A port's number in a pod, which containers may give a name. */
function portOf(pod: KubernetesObject, port: number | string): number {
  if (typeof port === 'number') return port;
  const ports: { name?: string; containerPort: number }[] = containersOf(pod).flatMap(
    (container) => container['ports'] ?? [],
  );
  const named = ports.find((candidate) => candidate.name === port);
  if (named !== undefined) return named.containerPort;
  throw new DevloopError(
    'deploy/invalid',
    `No container of pod ${pod.metadata.name} has a port named "${port}".`,
    'Correct the name under ports: in devloop.yaml, or name the port in the manifest.',
  );
}

async function close({ server, sockets }: Forward): Promise<void> {
  for (const socket of sockets) socket.destroy();
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
}

function translateListenError(error: unknown, local: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new DevloopError(
      'forward/port-taken',
      `Port ${local} of this machine is taken by another process, so it is not forwarded.`,
      `See who has it: ss -ltnp 'sport = :${local}' (macOS: lsof -i :${local}). End it, or choose another local port under ports: in devloop.yaml.`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new DevloopError(
      'forward/port-taken',
      `Port ${local} of this machine may not be used by this user.`,
      'Choose a local port of 1024 or more under ports: in devloop.yaml.',
      { cause: error },
    );
  }
  return error;
}
