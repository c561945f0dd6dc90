import type { StreamMessage } from '@devloop/shared/protocol/stream-message';
import type { PlainLine } from '../../plain/plain-line.ts';
import { PlainPrinter } from '../../plain/plain-printer.ts';

/** Something that happened to a service, in words, and when. */
export interface ToldEvent {
  readonly atMs: number;
  readonly line: PlainLine;
}

/** How much is remembered of each service. */
const KEPT = 60;

/** What has happened to each service last, in the words of the plain output. */
export class EventTail {
  readonly #printer: PlainPrinter;
  readonly #told = new Map<string, ToldEvent[]>();

  constructor(cwd: string) {
    this.#printer = new PlainPrinter({ cwd });
  }

  add(message: StreamMessage): void {
    const atMs = message.type === 'event' ? Date.parse(message.published.at) : Date.now();
    const lines = this.#printer.message(message, atMs);
    if (message.type !== 'event') return; // the state at the beginning is on the screen already
    for (const line of lines) {
      if (line.service === undefined) continue;
      const told = this.#told.get(line.service) ?? [];
      this.#told.set(line.service, [...told, { atMs, line }].slice(-KEPT));
    }
  }

  /** The newest last. */
  of(service: string | undefined): readonly ToldEvent[] {
    return (service === undefined ? undefined : this.#told.get(service)) ?? [];
  }
}
