import type net from 'node:net';
import { DevloopError, toReport } from '@devloop/shared/errors/devloop-error';
import type { ForwardSummary } from '@devloop/shared/protocol/service-state';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { EventLog } from '../state/event-log.ts';
import { delay } from '../support/delay.ts';
import { TaskSet } from '../support/task-set.ts';
import { type ChosenPod, choosePod, type PodCandidate } from './choose-pod.ts';
import { LocalClient } from './local-client.ts';
import { explainListenError, listen } from './local-listener.ts';
import type { Tunnels } from './open-tunnel.ts';
import { ProbeGate } from './probe-gate.ts';
import { unservedReport } from './unserved-report.ts';

/** How long a connection waits for a pod that takes it before it is refused. */
const POD_WAIT_MS = 30_000;
/** How often a port that is taken is tried again. */
const TAKEN_AGAIN_MS = 1000;
/** How long any other pod that is ready is preferred to one in which nothing took a connection. */
const AVOIDED_MS = 500;
/** Refusals that come closer are told once. */
const TOLD_AGAIN_MS = 1000;

/** A port of this machine, and what it leads to. */
export interface ForwardWish {
  /** A service of the project, or `kind/name` of something else in the cluster. */
  readonly service: string;
  readonly local: number;
  readonly port: number | string;
  /** Where to listen; undefined: on loopback. */
  readonly address: string | undefined;
  /** Whether nobody named the local port. */
  readonly chosen: boolean;
}

/** What forwards stand on. */
export interface ForwardGround {
  readonly log: EventLog;
  readonly tunnels: Tunnels;
  /** The session with the cluster; a lost one stays the current one until there is another. */
  readonly session: () => ClusterSession | undefined;
  /** The pods that a wish may lead to, ready or not. */
  readonly candidates: (wish: ForwardWish, session: ClusterSession) => readonly PodCandidate[];
}

/**
 * One forwarded port. Its listener stays for as long as the port is wanted, whatever becomes of pods and cluster; every
 * connection gets a tunnel of its own, to a pod that can take it at that moment.
 */
export class Forward implements AsyncDisposable {
  readonly wish: ForwardWish;
  readonly #ground: ForwardGround;
  readonly #ended = new AbortController();
  readonly #sockets = new Set<net.Socket>();
  readonly #gate = new ProbeGate();
  /** By uid, until when a pod is avoided. */
  readonly #avoided = new Map<string, number>();
  readonly #tasks: TaskSet;
  #listener: AsyncDisposable | undefined;
  #failure: ForwardSummary['failure'];
  #toldAt = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  /** @param onBug told of what can only be a defect */
  constructor(wish: ForwardWish, ground: ForwardGround, onBug: (error: unknown) => void) {
    this.wish = wish;
    this.#ground = ground;
    this.#tasks = new TaskSet(onBug);
  }

  get summary(): ForwardSummary {
    const { local, port, address, chosen } = this.wish;
    return {
      local,
      port,
      status: this.#failure === undefined ? 'listening' : 'failed',
      ...(address === undefined ? {} : { address }),
      ...(chosen ? { chosen } : {}),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  /** Begins to listen. A port that is taken is told of, and had as soon as its holder has let go of it. */
  async open(): Promise<void> {
    if (await this.#listen()) return;
    this.#tasks.add(this.#listenLater());
  }

  /** Ends it and its connections. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#ended.abort(new Error('the port is no longer forwarded'));
    for (const socket of this.#sockets) socket.destroy();
    await this.#tasks.ended();
    await this.#listener?.[Symbol.asyncDispose]();
  }

  async #listen(): Promise<boolean> {
    const { local, address } = this.wish;
    const { signal } = this.#ended;
    try {
      const onConnection = (socket: net.Socket) => this.#accept(socket);
      this.#listener = await listen({ address, port: local, onConnection });
    } catch (error) {
      if (this.#failure !== undefined) return false;
      this.#failure = toReport(await explainListenError(error, { port: local, address }, signal));
      this.#tell('failed');
      return false;
    }
    this.#failure = undefined;
    this.#tell('listening');
    return true;
  }

  async #listenLater(): Promise<void> {
    const { signal } = this.#ended;
    try {
      do await delay(TAKEN_AGAIN_MS, signal);
      while (!(await this.#listen()));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #accept(socket: net.Socket): void {
    if (this.#ended.signal.aborted) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#tasks.add(this.#serve(new LocalClient(socket)));
  }

  async #serve(client: LocalClient): Promise<void> {
    const ended = AbortSignal.any([this.#ended.signal, client.gone]);
    const signal = AbortSignal.any([ended, AbortSignal.timeout(POD_WAIT_MS)]);
    let last: unknown;
    try {
      for (;;) {
        const found = await this.#untilChosen(signal);
        using attempt = await this.#gate.pass(signal);
        const { session, chosen } = this.#choose() ?? found;
        const { uid = '' } = chosen.pod.metadata;
        const taken = () => {
          this.#avoided.delete(uid);
          attempt.taken();
        };
        try {
          const stream = await this.#ground.tunnels.open(session.api, chosen.pod, chosen.port, signal);
          last = await client.join(stream, this.#gate.isOpen, taken);
        } catch (error) {
          signal.throwIfAborted();
          last = error;
          if (isForbidden(error) || !(error instanceof DevloopError)) throw error;
        }
        if (last === undefined) return;
        this.#avoided.set(uid, performance.now() + AVOIDED_MS);
        // Where another can take it, nobody has to wait for this one.
        if (this.#choose()?.chosen.pod.metadata.uid === uid) attempt.refused();
      }
    } catch (error) {
      if (ended.aborted) return;
      client.refuse();
      if (!signal.aborted && !(error instanceof DevloopError)) throw error;
      this.#tellRefused(last);
    }
  }

  /** The pod for a connection that comes now, and the session to reach it by. */
  #choose(): { session: ClusterSession; chosen: ChosenPod } | undefined {
    const session = this.#ground.session();
    if (session === undefined || session.signal.aborted) return undefined;
    const now = performance.now();
    for (const [uid, until] of this.#avoided) if (until < now) this.#avoided.delete(uid);
    const chosen = choosePod(this.#ground.candidates(this.wish, session), this.#avoided);
    return chosen && { session, chosen };
  }

  async #untilChosen(signal: AbortSignal): Promise<{ session: ClusterSession; chosen: ChosenPod }> {
    for (;;) {
      const found = this.#choose();
      if (found !== undefined) return found;
      this.#gate.close();
      const session = await this.#ground.log.until(() => {
        const current = this.#ground.session();
        return current?.signal.aborted === false ? current : undefined;
      }, signal);
      const look = () => (session.signal.aborted || this.#choose() !== undefined ? true : undefined);
      // A session that ends rings no bell, so its end is listened for as well.
      const lost = AbortSignal.any([signal, session.signal]);
      await session.view.changed.until(look, lost).catch((error: unknown) => {
        signal.throwIfAborted();
        if (!session.signal.aborted) throw error;
      });
    }
  }

  #tellRefused(last: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < TOLD_AGAIN_MS) return;
    this.#toldAt = now;
    const { service, local, port } = this.wish;
    const session = this.#ground.session();
    const candidates =
      session === undefined || session.signal.aborted ? undefined : this.#ground.candidates(this.wish, session);
    const failure = unservedReport(this.wish, { candidates, last, waitedMs: POD_WAIT_MS });
    this.#ground.log.dispatch({ type: 'forward-refused', service, local, port, failure });
  }

  #tell(status: 'listening' | 'failed'): void {
    const { service, local, port, chosen } = this.wish;
    const about = {
      ...(chosen ? { chosen } : {}),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
    this.#ground.log.dispatch({ type: 'forward-changed', service, local, port, status, ...about });
  }
}

/** No waiting changes what this user may do. */
function isForbidden(error: unknown): boolean {
  return error instanceof ApiRefusal && (error.status === 401 || error.status === 403);
}
