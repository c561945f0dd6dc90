import { type DaemonEvent, EVENT_VERSION, type PublishedEvent } from '@devloop/shared/protocol/event';
import { Bell } from '../support/bell.ts';
import { type DaemonState, INITIAL_STATE } from './daemon-state.ts';
import { reduce } from './reduce.ts';

/** Events kept for clients that come or come back: enough for the story of many passes, bounded whatever comes. */
const KEPT_EVENTS = 5000;

/** The daemon's state and the events it is a fold of. Dispatching is synchronous: it has taken effect on return. */
export class EventLog {
  readonly #listeners = new Set<(published: PublishedEvent) => void>();
  readonly #bell = new Bell();
  #kept: PublishedEvent[] = [];
  #state: DaemonState = INITIAL_STATE;
  #seq = 0;

  get state(): DaemonState {
    return this.#state;
  }

  get seq(): number {
    return this.#seq;
  }

  dispatch(event: DaemonEvent): void {
    this.#seq += 1;
    const published: PublishedEvent = { v: EVENT_VERSION, seq: this.#seq, at: new Date().toISOString(), event };
    this.#kept.push(published);
    if (this.#kept.length > KEPT_EVENTS * 1.2) this.#kept = this.#kept.slice(-KEPT_EVENTS);
    const before = this.#state;
    this.#state = reduce(before, published);
    for (const listener of this.#listeners) listener(published);
    if (this.#state !== before) this.#bell.ring();
  }

  /** Waits until the state answers: looks now and after every change. */
  until<T>(look: (state: DaemonState) => T | undefined, signal: AbortSignal): Promise<T> {
    return this.#bell.until(() => look(this.#state), signal);
  }

  /** Tells `listener` of every event from now on, until the returned function is called. */
  listen(listener: (published: PublishedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The kept events after `seq`, and how many of those asked for are no longer kept. */
  after(seq: number): { events: PublishedEvent[]; missed: number } {
    const events = this.#kept.filter((published) => published.seq > seq);
    const first = events[0]?.seq ?? this.#seq + 1;
    return { events, missed: Math.max(0, first - seq - 1) };
  }
}
