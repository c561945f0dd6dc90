import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type DaemonEvent, PublishedEvent } from '../../packages/shared/src/protocol/event.ts';
import { Row } from './row.ts';

export type EventOf<T extends DaemonEvent['type']> = Extract<DaemonEvent, { type: T }>;
export type EventPredicate<T extends DaemonEvent> = (event: DaemonEvent) => event is T;

/** A place in the row of events; see {@link EventFeed.mark}. */
export type EventMark = number & { readonly brand: 'EventMark' };
export const FROM_THE_START = 0 as EventMark;

/**
 * All that `devloop events` prints, kept, so that a test can wait for an event whether or not it has happened already.
 * A daemon numbers its events from 1; the feed keeps those of all daemons that it followed, in a row.
 */
export class EventFeed {
  /** Lines that are not events as the schema has them. A test that has any fails. */
  readonly unreadable: string[] = [];
  readonly #row = new Row<PublishedEvent>();
  #child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  #ended: Promise<void> = Promise.resolve();

  /** Starts to follow a daemon from its first event. */
  follow(file: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    this.#ended = once(child, 'close').then(([code]) => {
      if (this.#child === child) this.#child = undefined;
      this.#row.end(new Error(`\`devloop events\` ended with code ${code} while a test waited for it. ${complaint}`));
    });
  }

  get all(): readonly PublishedEvent[] {
    return this.#row.all;
  }

  get following(): boolean {
    return this.#child !== undefined;
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
    this.#child?.kill('SIGTERM');
    await this.#ended;
  }

  #take(line: string): void {
    if (line.trim() === '') return;
    const parsed = PublishedEvent.safeParse(parseJson(line));
    if (parsed.success) this.#row.add(parsed.data);
    else this.unreadable.push(line);
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
