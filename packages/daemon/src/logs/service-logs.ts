import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { ALL_TIMES, LOG_BEGINNING, LogCursor } from '../log-store/log-cursor.ts';
import type { StoredSource } from '../log-store/log-source.ts';
import { findTail } from '../log-store/log-tail.ts';
import type { LogWriter } from '../log-store/log-writer.ts';
import { LongLines } from '../log-store/long-lines.ts';
import { storedMessages } from '../log-store/stored-messages.ts';
import type { Bell } from '../support/bell.ts';
import { delay } from '../support/delay.ts';
import { followChanges } from '../support/follow-changes.ts';
import { TaskSet } from '../support/task-set.ts';

/** Lines that come this close together go out together: a message for each would cost more than the line. */
const TOGETHER_MS = 25;

export interface ServiceLogsOptions {
  /** Rung when services may have come. */
  readonly changed: Bell;
  /** The services that are wanted, as they are now. */
  readonly services: () => readonly string[];
  readonly writer: (service: string) => Promise<LogWriter>;
  readonly follow: boolean;
  /** Whether the output of builds and hooks is wanted. */
  readonly withBuilds: boolean;
  /** How many of the last lines of each service that are there already. */
  readonly tailLines: number | undefined;
  /** Nothing older is wanted, ms since the epoch. */
  readonly sinceMs: number | undefined;
  readonly send: (message: LogMessage) => void;
  /** Whether the end of what was there already is to be told. */
  readonly marks: boolean;
  readonly drained: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Hands out the logs of services from the store: what is there already, then, with `follow`, what comes, until the
 * signal is aborted. A client that takes nothing costs nothing: the store is read no faster than its client reads.
 */
export async function streamServiceLogs(options: ServiceLogsOptions): Promise<void> {
  const { changed, follow, send, marks, drained } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const tasks = new TaskSet((error) => failed.abort(error));
  const started = new Set<string>();
  const caughtUp: Promise<void>[] = [];
  const look = () => {
    for (const service of options.services()) {
      if (started.has(service)) continue;
      started.add(service);
      const stream = new ServiceStream(service, options, signal);
      const history = stream.history();
      caughtUp.push(history.catch(() => undefined));
      tasks.add(history.then(() => (follow ? stream.live() : undefined)));
    }
    return follow;
  };
  const following = followChanges(changed, look, { drained: async () => undefined, togetherMs: TOGETHER_MS, signal });
  await Promise.all(caughtUp);
  if (marks && !signal.aborted) {
    send({ type: 'caught-up' });
    await drained(signal).catch(() => undefined);
  }
  await following;
  await tasks.ended();
  if (!options.signal.aborted && failed.signal.aborted) throw failed.signal.reason;
}

/** The log of one service on its way to one client. */
class ServiceStream {
  readonly #service: string;
  readonly #options: ServiceLogsOptions;
  readonly #signal: AbortSignal;
  #cursor: LogCursor | undefined;
  readonly #longLines = new LongLines();

  constructor(service: string, options: ServiceLogsOptions, signal: AbortSignal) {
    this.#service = service;
    this.#options = options;
    this.#signal = signal;
  }

  /** Sends what is there now, and not what comes meanwhile: a flood would never come to its end. */
  async history(): Promise<void> {
    const { tailLines, sinceMs } = this.#options;
    const { folder, committed } = await this.#options.writer(this.#service);
    const tail =
      tailLines === undefined
        ? undefined
        : await findTail(folder, committed, tailLines, (entry) => entry.is !== 'dropped' && this.#wants(entry.source));
    this.#cursor = new LogCursor(folder, tail?.place ?? LOG_BEGINNING);
    const times = sinceMs === undefined ? ALL_TIMES : { ...ALL_TIMES, sinceMs };
    await this.#send({ to: committed, times, skip: tail?.skip ?? 0, tellsDropped: tail === undefined });
  }

  /** Sends what comes, until aborted. */
  async live(): Promise<void> {
    const writer = await this.#options.writer(this.#service);
    try {
      for (;;) {
        const seen = writer.changed.rings;
        await this.#send({ to: writer.committed });
        await delay(TOGETHER_MS, this.#signal);
        await writer.changed.rungSince(seen, this.#signal);
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
  }

  async #send(what: Omit<Parameters<typeof storedMessages>[0], 'service' | 'cursor' | 'wants'>): Promise<void> {
    const { send, drained } = this.#options;
    const cursor = this.#cursor;
    if (cursor === undefined) return;
    const messages = storedMessages({
      service: this.#service,
      cursor,
      wants: (source) => this.#wants(source),
      ...(this.#options.follow ? { longLines: this.#longLines } : {}),
      ...what,
    });
    try {
      for await (const message of messages) {
        send(message);
        await drained(this.#signal);
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
  }

  #wants(source: StoredSource): boolean {
    return source.is === 'container' || this.#options.withBuilds;
  }
}
