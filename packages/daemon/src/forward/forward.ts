import type net from 'node:net';
import { DevloopError, toReport } from '@devloop/shared/errors/devloop-error';
import type { ForwardSummary } from '@devloop/shared/protocol/service-state';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import type { EventLog } from '../state/event-log.ts';
import { delay } from '../support/delay.ts';
import { TaskSet } from '../support/task-set.ts';
import type { ChosenPod, PodCandidate } from './choose-pod.ts';
import { LocalClient } from './local-client.ts';
import { explainListenError, listen } from './local-listener.ts';
import type { Tunnels } from './open-tunnel.ts';
import { type Found, PodChoice } from './pod-choice.ts';
import { ProbeGate } from './probe-gate.ts';
import { unservedReport } from './unserved-report.ts';

/** How often a port that is taken is tried again. */
const TAKEN_AGAIN_MS = 1000;
/** Refusals that come closer are told once. */
const TOLD_AGAIN_MS = 1000;

/** A port of this machine, and what it leads to. */
export interface ForwardWish {
  /** A service of the project, or `kind/name` of something else, in another namespace `namespace/kind/name`. */
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
  /** How long a connection waits for a pod that takes it before it is refused. */
  readonly podWaitMs: number;
  /** How long it is waited for to speak, where that decides which pod it is. */
  readonly wordWaitMs: number;
  /** The session with the cluster; a lost one stays the current one until there is another. */
  readonly session: () => ClusterSession | undefined;
  /**
   * Resolves when what a wish leads to is followed in the session's view.
   *
   * @throws ApiRefusal when this user may not see it; DevloopError `cluster/unreachable`; the signal's reason
   */
  readonly follow: (wish: ForwardWish, session: ClusterSession, signal: AbortSignal) => Promise<void>;
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
  /** What the gate was closed before, because nothing has shown that it takes connections. */
  #doubted: string | undefined;
  readonly #tasks: TaskSet;
  readonly #pods: PodChoice;
  #listener: AsyncDisposable | undefined;
  #failure: ForwardSummary['failure'];
  #toldAt = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  /** @param onBug told of what can only be a defect */
  constructor(wish: ForwardWish, ground: ForwardGround, onBug: (error: unknown) => void) {
    this.wish = wish;
    this.#ground = ground;
    this.#tasks = new TaskSet(onBug);
    this.#pods = new PodChoice({
      tunnels: ground.tunnels,
      session: ground.session,
      candidates: (session) => ground.candidates(wish, session),
      open: () => this.#sockets.size,
      tasks: this.#tasks,
      signal: this.#ended.signal,
    });
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
    const signal = AbortSignal.any([ended, AbortSignal.timeout(this.#ground.podWaitMs)]);
    const since = performance.now();
    this.#pods.came();
    let last: unknown;
    try {
      for (;;) {
        const found = await this.#untilChosen(client, signal);
        if (found.chosen.isOlder) this.#pods.lookForNewer(found.session);
        this.#doubt(found.chosen);
        // The gate is the newest content's; what serves for it is known to take connections, until it does not.
        const isOpen = found.chosen.isOlder && last === undefined;
        using attempt = isOpen ? undefined : await this.#gate.pass(since, signal);
        const current = this.#pods.choose(client) ?? found;
        const { session, chosen } = current;
        const { uid = '' } = chosen.pod.metadata;
        const taken = () => {
          this.#pods.taken(chosen);
          attempt?.taken();
        };
        try {
          const reaching = { since, signal };
          using reached = await this.#ground.tunnels.reach(session.api, chosen.pod, chosen.port, reaching);
          // Reaching may have taken so long that the pod is none to begin with by now.
          if (this.#pods.choose(client)?.chosen.pod.metadata.uid !== uid) continue;
          if (attempt?.isWaitedFor) this.#tasks.add(this.#pods.lookAt(current, taken));
          last = await client.join(reached.begin(), {
            isProven: isOpen || this.#gate.isOpen,
            isGoing: () => this.#pods.isGoing(uid),
            isReplaced: (unanswered) => this.#pods.isReplaced(uid, client, unanswered),
            onTaken: taken,
          });
        } catch (error) {
          signal.throwIfAborted();
          last = error;
          if (isForbidden(error) || !(error instanceof DevloopError)) throw error;
        }
        if (last === undefined) return;
        this.#pods.refused(chosen);
        // Where another can take it, nobody has to wait for this one.
        if (this.#pods.choose(client)?.chosen.pod.metadata.uid === uid) attempt?.refused();
      }
    } catch (error) {
      if (ended.aborted) return;
      client.refuse();
      if (!signal.aborted && !(error instanceof DevloopError)) throw error;
      this.#tellRefused(error instanceof DevloopError ? error : last);
    }
  }

  /** One at a time tries what may not listen yet. */
  #doubt({ content, isUnproven }: ChosenPod): void {
    if (!isUnproven || this.#doubted === content) return;
    this.#doubted = content;
    this.#gate.close();
  }

  async #untilChosen(client: LocalClient, signal: AbortSignal): Promise<Found> {
    for (;;) {
      const found = this.#pods.choose(client);
      if (found === undefined) await this.#hold(client, signal);
      else if (!found.chosen.isUnproven || !(await hearsAnything(client, this.#ground.wordWaitMs, signal)))
        return found;
    }
  }

  /** Until something has changed for a connection that no pod takes. */
  async #hold(client: LocalClient, signal: AbortSignal): Promise<void> {
    this.#closeUnlessServed();
    const session = await this.#ground.log.until(() => this.#pods.session, signal);
    await this.#ground.follow(this.wish, session, AbortSignal.any([signal, session.signal])).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!session.signal.aborted) throw error;
    });
    const look = () => {
      this.#closeUnlessServed();
      return session.signal.aborted || this.#pods.choose(client) !== undefined ? true : undefined;
    };
    // A session that ends rings no bell, nor does a client that says what may be repeated, so they are listened for as well.
    const news = client.heard.aborted ? [session.signal] : [session.signal, client.heard];
    await session.view.changed.until(look, AbortSignal.any([signal, ...news])).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!news.some(({ aborted }) => aborted)) throw error;
    });
  }

  /** Where not even what may be lost is served, the next pod may be one that does not listen yet. */
  #closeUnlessServed(): void {
    if (this.#pods.choose({ isRepeatable: true }) === undefined) this.#gate.close();
  }

  #tellRefused(last: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < TOLD_AGAIN_MS) return;
    this.#toldAt = now;
    const { service, local, port } = this.wish;
    const { candidates } = this.#pods;
    const failure = unservedReport(this.wish, { candidates, last, waitedMs: this.#ground.podWaitMs });
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

/**
 * Whether a client that has said nothing yet says something in a moment: most speak first, and what they say may send them
 * to a pod that serves to its last rather than to one that may not take connections yet.
 */
async function hearsAnything({ heard }: LocalClient, waitMs: number, signal: AbortSignal): Promise<boolean> {
  if (heard.aborted) return false;
  const over = AbortSignal.any([signal, heard]);
  await delay(waitMs, over).catch((error: unknown) => {
    if (!over.aborted) throw error;
  });
  signal.throwIfAborted();
  return heard.aborted;
}

/** No waiting changes what this user may do. */
function isForbidden(error: unknown): boolean {
  return error instanceof ApiRefusal && (error.status === 401 || error.status === 403);
}
