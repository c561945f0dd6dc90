import { isDeepStrictEqual } from 'node:util';
import { toReport } from '@devloop/shared/errors/devloop-error';
import type { EventLog } from '../state/event-log.ts';
import { Bell } from '../support/bell.ts';
import { Backoff } from '../support/delay.ts';
import { type ClusterChoice, type ClusterSession, openSession } from './cluster-session.ts';

/** Why the opening of a session was given up. */
const OTHER_CHOICE = new Error('another cluster was chosen');

/**
 * Keeps a session to the project's cluster for as long as the daemon runs.
 *
 *     connecting ──► connected ──API or engine gone, or another cluster chosen──► connecting
 *         └──fails──► lost ──after a while──► connecting
 */
export class ClusterLinkKeeper {
  readonly #log: EventLog;
  readonly #bell = new Bell();
  #choice: ClusterChoice | undefined;
  #session: ClusterSession | undefined;
  #broken = false;
  /** Ends the opening of a session. */
  #attempt: AbortController | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  get session(): ClusterSession | undefined {
    return this.#session;
  }

  /** Chooses the cluster; a choice other than the one in force ends the session with it. */
  choose(choice: ClusterChoice): void {
    const inForce = this.#choice;
    if (inForce !== undefined && isDeepStrictEqual(inForce, choice)) return;
    this.#choice = choice;
    this.#broken = true;
    this.#attempt?.abort(OTHER_CHOICE);
    this.#bell.ring();
  }

  /** Says that the cluster or its engine did not answer, so that all is learned anew. */
  lost(): void {
    this.#broken = true;
    this.#bell.ring();
  }

  /**
   * Connects, and connects again, until the signal is aborted.
   *
   * @param onConnected told of every new session, before anybody can use it
   */
  async keep(onConnected: (session: ClusterSession) => void, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(500, 4000);
    while (!signal.aborted) {
      try {
        const choice = await this.#bell.until(() => this.#choice, signal);
        this.#broken = false;
        const attempt = new AbortController();
        this.#attempt = attempt;
        const opening = openSession(choice, () => this.lost(), AbortSignal.any([signal, attempt.signal]));
        await using session = await opening.finally(() => {
          this.#attempt = undefined;
        });
        backoff.reset();
        this.#session = session;
        this.#log.dispatch({ type: 'cluster-changed', cluster: session.link });
        onConnected(session);
        try {
          await this.#bell.until(() => this.#broken || undefined, signal);
        } finally {
          this.#session = undefined;
          if (!signal.aborted) this.#log.dispatch({ type: 'cluster-changed', cluster: { is: 'connecting' } });
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error === OTHER_CHOICE) continue;
        const state = this.#log.state.cluster;
        const failure = toReport(error);
        if (state.is !== 'lost' || state.failure.message !== failure.message) {
          const since = state.is === 'lost' ? state.since : new Date().toISOString();
          this.#log.dispatch({ type: 'cluster-changed', cluster: { is: 'lost', failure, since } });
        }
        await backoff.wait(signal).catch(() => undefined);
      }
    }
  }
}
