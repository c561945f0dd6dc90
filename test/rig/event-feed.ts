import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type DaemonEvent, PublishedEvent } from '../../packages/shared/src/protocol/event.ts';

export type EventOf<T extends DaemonEvent['type']> = Extract<DaemonEvent, { type: T }>;
export type EventPredicate<T extends DaemonEvent> = (event: DaemonEvent) => event is T;

/** A place in the row of events; see {@link EventFeed.mark}. */
export type EventMark = number & { readonly brand: 'EventMark' };
export const FROM_THE_START = 0 as EventMark;

interface Waiter {
  look(): void;
  fail(error: Error): void;
}

/**
 * All that `devloop events` prints, kept, so that a test can wait for an event whether or not it has happened already.
 * A daemon numbers its events from 1; the feed keeps those of all daemons that it followed, in a row.
 */
export class EventFeed {
  readonly all: PublishedEvent[] = [];
  /** Lines that are not events as the schema has them. A test that has any fails. */
  readonly unreadable: string[] = [];
  readonly #waiters = new Set<Waiter>();
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
      for (const waiter of [...this.#waiters]) {
        waiter.fail(new Error(`\`devloop events\` ended with code ${code} while a test waited for it. ${complaint}`));
      }
    });
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
  find(predicate: (event: DaemonEvent) => boolean, mark: EventMark, timeoutMs: number): Promise<DaemonEvent> {
    const origin = new Error(); // its stack names the line of the test
    return new Promise((resolve, reject) => {
      let next: number = mark;
      const waiter: Waiter = {
        look: () => {
          for (; next < this.all.length; next++) {
            const event = this.all[next]?.event;
            if (event && predicate(event)) return finish(() => resolve(event));
          }
        },
        fail: (error) => finish(() => reject(error)),
      };
      const timer = setTimeout(() => {
        origin.message = `No such event within ${timeoutMs} ms: ${predicate.toString().replaceAll(/\s+/g, ' ')}`;
        waiter.fail(origin);
      }, timeoutMs);
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      this.#waiters.add(waiter);
      waiter.look();
    });
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#ended;
  }

  #take(line: string): void {
    if (line.trim() === '') return;
    const parsed = PublishedEvent.safeParse(parseJson(line));
    if (parsed.success) this.all.push(parsed.data);
    else this.unreadable.push(line);
    for (const waiter of [...this.#waiters]) waiter.look();
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
