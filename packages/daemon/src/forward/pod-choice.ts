import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { ClusterSession } from '../link/cluster-session.ts';
import { isReady } from '../rollout/pod-diagnosis.ts';
import { delay } from '../support/delay.ts';
import type { TaskSet } from '../support/task-set.ts';
import {
  type ChosenPod,
  choosePod,
  comingPods,
  contentOf,
  hasProgramEnded,
  isGoing,
  type PodCandidate,
  type UnprovenPod,
  unprovenPod,
} from './choose-pod.ts';
import { listens } from './listens.ts';
import type { LocalClient } from './local-client.ts';
import type { Tunnels } from './open-tunnel.ts';

/** Connections to nodes that are made ahead: as many as connections came in this time, of the last of them, or are open. */
const RECENT_MS = 1000;
const MOST_RECENT = 8;
const MOST_AHEAD = 32;
/** How long any other pod that is ready is preferred to one in which nothing took a connection. */
const AVOIDED_MS = 500;
/** How much later than the end of a program it may be told that its pod is being replaced. */
const GOING_MS = 300;
/** Between the looks at whether a pod of newer content takes connections. */
const LOOK_AGAIN_MS = 25;
/**
 * The same where nobody has told yet that its containers were started, and at least what share of the time that has been waited
 * for it: a look costs the node a process, and an image may be pulled for minutes.
 */
const LOOK_EARLY_MS = 100;
const LOOK_EARLY_SHARE = 0.1;

/** A pod for a connection, and the session to reach it by. */
export interface Found {
  readonly session: ClusterSession;
  readonly chosen: ChosenPod;
}

export interface PodChoiceOptions {
  readonly tunnels: Tunnels;
  /** The session with the cluster; a lost one stays the current one until there is another. */
  readonly session: () => ClusterSession | undefined;
  /** The pods that may be meant, ready or not. */
  readonly candidates: (session: ClusterSession) => readonly PodCandidate[];
  /** How many connections are open. */
  readonly open: () => number;
  /** Owns the looks at pods that go on beside connections. */
  readonly tasks: TaskSet;
  readonly signal: AbortSignal;
}

/** Which pod the connections to one forwarded port go to, by what is known of the pods and what connections have shown. */
export class PodChoice {
  readonly #options: PodChoiceOptions;
  /** By uid, until when a pod is avoided, ms of `performance.now()`. */
  readonly #avoided = new Map<string, number>();
  /** {@link ChosenPod.content} of pods that have taken a connection. */
  #proven = new Set<string>();
  #isLooking = false;
  /** When the last connections came, ms of `performance.now()`. */
  #cameAt: number[] = [];

  constructor(options: PodChoiceOptions) {
    this.#options = options;
  }

  /** The session, if pods can be reached by it. */
  get session(): ClusterSession | undefined {
    const session = this.#options.session();
    return session?.signal.aborted === false ? session : undefined;
  }

  /** All that may be meant; undefined while there is no cluster. */
  get candidates(): readonly PodCandidate[] | undefined {
    const { session } = this;
    return session && this.#options.candidates(session);
  }

  /** The pod for a connection now; undefined while there is none. */
  choose({ isRepeatable }: Pick<LocalClient, 'isRepeatable'>): Found | undefined {
    const { session } = this;
    if (session === undefined) return undefined;
    const now = performance.now();
    for (const [uid, until] of this.#avoided) if (until < now) this.#avoided.delete(uid);
    const about = { refusing: this.#avoided, isRepeatable, proven: this.#proven };
    const chosen = choosePod(this.#options.candidates(session), about);
    return chosen && { session, chosen };
  }

  /** A connection came: pods that are coming are reached before they serve, for about as many as come. */
  came(): void {
    const now = performance.now();
    this.#cameAt = [...this.#cameAt.filter((at) => at > now - RECENT_MS), now].slice(-MOST_RECENT);
    const { session } = this;
    if (session === undefined) return;
    for (const pod of comingPods(this.#options.candidates(session))) {
      this.#options.tunnels.ahead(session.api, pod, this.#wantedAhead);
    }
  }

  /** What runs in a pod has taken a connection. What is said of others is kept as long as they are there. */
  taken({ pod, content, isOlder }: ChosenPod): void {
    this.#avoided.delete(pod.metadata.uid ?? '');
    if (!isOlder) this.#prove(content);
  }

  /**
   * Nothing in a pod took a connection: any other comes first for a while. One that Kubernetes does not call ready has nothing
   * to show for itself any more, and is looked at again before anybody else is sent there.
   */
  refused({ pod, content }: ChosenPod): void {
    this.#avoided.set(pod.metadata.uid ?? '', performance.now() + AVOIDED_MS);
    if (!isReady(pod)) this.#proven.delete(content);
  }

  /**
   * Looks whether a pod takes connections, beside one that tries for all that wait: those need not wait until it has been
   * answered, which takes a program that has just begun longest.
   *
   * @param taken told when it does, and is still the one that is meant
   */
  async lookAt({ session, chosen }: Found, taken: () => void): Promise<void> {
    const { tunnels, signal } = this.#options;
    const ended = AbortSignal.any([signal, session.signal]);
    try {
      const isTaken = await listens(chosen, session.api, tunnels, ended);
      if (isTaken && this.choose({ isRepeatable: true })?.chosen.content === chosen.content) taken();
    } catch (error) {
      // The one that tries is told.
      if (!ended.aborted && !(error instanceof DevloopError)) throw error;
    }
  }

  /** As long as connections come and go to older content, sees whether the newest takes them. One at a time. */
  lookForNewer(session: ClusterSession): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#options.tasks.add(
      this.#untilNewerListens(session).finally(() => {
        this.#isLooking = false;
      }),
    );
  }

  /** See `JoinOptions.isGoing`. */
  async isGoing(uid: string): Promise<boolean> {
    const { session } = this;
    if (session === undefined) return false;
    const look = () => isGoing(this.#options.candidates(session), uid) || undefined;
    const late = AbortSignal.timeout(GOING_MS);
    const until = AbortSignal.any([this.#options.signal, session.signal, late]);
    return await isSeen(session, look, until);
  }

  /** See `JoinOptions.isReplaced`. */
  async isReplaced(uid: string, client: LocalClient, unanswered: AbortSignal): Promise<boolean> {
    const { session } = this;
    if (session === undefined || unanswered.aborted) return false;
    const hasEnded = () => hasProgramEnded(this.candidates ?? [], uid);
    if (hasEnded()) return false; // it is the next one already
    const look = () => (hasEnded() && client.isRepeatable && this.choose(client) !== undefined) || undefined;
    const until = AbortSignal.any([unanswered, session.signal]);
    return await isSeen(session, look, until);
  }

  #prove(content: string): void {
    if (this.#proven.has(content)) return;
    const there = new Set((this.candidates ?? []).map(contentOf));
    this.#proven = new Set([...this.#proven].filter((one) => there.has(one))).add(content);
  }

  async #untilNewerListens(session: ClusterSession): Promise<void> {
    const signal = AbortSignal.any([this.#options.signal, session.signal]);
    const newer = () => unprovenPod(this.#options.candidates(session), this.#proven);
    const seen = async (look: () => boolean | undefined, withinMs: number) => {
      const late = AbortSignal.timeout(Math.ceil(withinMs));
      await isSeen(session, () => look() || undefined, AbortSignal.any([signal, late]));
      signal.throwIfAborted();
    };
    const since = performance.now();
    try {
      for (;;) {
        const now = performance.now();
        const leftMs = (this.#cameAt.at(-1) ?? 0) + RECENT_MS - now;
        if (leftMs <= 0 || this.choose({ isRepeatable: true })?.chosen.isOlder !== true) return;
        const pod = newer();
        if (pod === undefined) await seen(() => newer() !== undefined, leftMs);
        else if (await this.#isListening(pod, session, signal)) this.#prove(pod.content);
        else if (pod.hasStarted) await delay(LOOK_AGAIN_MS, signal);
        else await seen(() => newer()?.hasStarted, Math.max(LOOK_EARLY_MS, (now - since) * LOOK_EARLY_SHARE));
      }
    } catch (error) {
      // Who wants to connect to it is told.
      if (!signal.aborted && !(error instanceof DevloopError)) throw error;
    }
  }

  async #isListening(pod: UnprovenPod, { api }: ClusterSession, signal: AbortSignal): Promise<boolean> {
    const { tunnels } = this.#options;
    tunnels.ahead(api, pod.pod, this.#wantedAhead);
    // As long as its kubelet has not made it, a pod cannot be reached, which those tell that are made ahead.
    if (!pod.hasStarted && !tunnels.isReached(api, pod.pod)) return false;
    return await listens(pod, api, tunnels, signal);
  }

  get #wantedAhead(): number {
    return Math.min(MOST_AHEAD, Math.max(this.#cameAt.length, this.#options.open()));
  }
}

/** Whether something is seen in the cluster before the signal is aborted. */
async function isSeen({ view }: ClusterSession, look: () => true | undefined, until: AbortSignal): Promise<boolean> {
  return await view.changed.until(look, until).catch((error: unknown) => {
    if (!until.aborted) throw error;
    return false;
  });
}
