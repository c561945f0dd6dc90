import http from 'node:http';
import { createInterface } from 'node:readline';
import type { DaemonEvent, PublishedEvent } from '../../packages/shared/src/protocol/event.ts';
import { StreamMessage } from '../../packages/shared/src/protocol/stream-message.ts';
import { Row } from './row.ts';

export type EventOf<T extends DaemonEvent['type']> = Extract<DaemonEvent, { type: T }>;
export type EventPredicate<T extends DaemonEvent> = (event: DaemonEvent) => event is T;

/** A place in the row of events; see {@link EventFeed.mark}. */
export type EventMark = number & { readonly brand: 'EventMark' };
export const FROM_THE_START = 0 as EventMark;

/**
 * All events of a daemon, kept, so that a test can wait for one whether or not it has happened already.
 * A daemon numbers its events from 1; the feed keeps those of all daemons that it followed, in a row.
 */
export class EventFeed {
  /** Lines that are not messages as the schema has them, and gaps. A test that has any fails. */
  readonly unreadable: string[] = [];
  readonly #row = new Row<PublishedEvent>();
  #request: http.ClientRequest | undefined;
  #ended: Promise<void> = Promise.resolve();

  /** Starts to follow a daemon from its first event. */
  follow(socketPath: string): void {
    const request = http.get({ socketPath, path: '/v1/stream?after=0', agent: false });
    this.#request = request;
    request.on('response', (response) => {
      const lines = createInterface({ input: response }).on('line', (line) => this.#take(line));
      for (const stream of [response, lines]) stream.on('error', () => undefined); // a daemon that was killed
    });
    request.on('error', () => undefined); // that it has closed tells
    this.#ended = new Promise((resolve) => {
      request.once('close', () => {
        if (this.#request === request) this.#request = undefined;
        this.#row.end(new Error('the stream of events ended while a test waited for one'));
        resolve();
      });
    });
  }

  get all(): readonly PublishedEvent[] {
    return this.#row.all;
  }

  get following(): boolean {
    return this.#request !== undefined;
  }

  /** Resolves when the stream that is followed has ended, as it does when its daemon ends. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** The end of what is known now: what happens from here on is after it. */
  mark(): EventMark {
    return this.all.length as EventMark;
  }

  since(mark: EventMark): DaemonEvent[] {
    return this.all.slice(mark).map(({ event }) => event);
  }

  /** The first event after `mark` that `predicate` accepts, waited for if need be. */
  async find(predicate: (event: DaemonEvent) => boolean, mark: EventMark, timeoutMs: number): Promise<DaemonEvent> {
    const what = `an event ${predicate.toString().replaceAll(/\s+/g, ' ')}`;
    return (await this.#row.find(({ event }) => predicate(event), mark, timeoutMs, what)).event;
  }

  async stop(): Promise<void> {
    this.#request?.destroy();
    await this.#ended;
  }

  #take(line: string): void {
    const message = StreamMessage.safeParse(parseJson(line)).data;
    if (message?.type === 'event') this.#row.add(message.published);
    else if (message === undefined || message.type === 'gap') this.unreadable.push(line);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
