import type { LogMessage } from '@devloop/shared/protocol/stream-message';

/** Keeps the last lines of each service, and the gaps between them. */
export class LastLines {
  readonly #most: number;
  readonly #services = new Map<string, { messages: LogMessage[]; lines: number }>();

  /** @param most how many lines of a service are kept */
  constructor(most: number) {
    this.#most = most;
  }

  add(message: LogMessage): void {
    if (message.type === 'goodbye' || message.type === 'caught-up') return;
    const kept = this.#services.get(message.service) ?? { messages: [], lines: 0 };
    this.#services.set(message.service, kept);
    kept.messages.push(message);
    kept.lines += countOf(message);
    for (let first = kept.messages[0]; first !== undefined; first = kept.messages[0]) {
      const excess = kept.lines - this.#most;
      if (countOf(first) > excess) {
        if (excess > 0 && (first.type === 'lines' || first.type === 'output')) {
          kept.messages[0] = { ...first, lines: first.lines.slice(excess) };
          kept.lines = this.#most;
        }
        break;
      }
      kept.messages.shift();
      kept.lines -= countOf(first);
    }
  }

  /** What is kept, service by service. */
  streams(): AsyncIterable<LogMessage>[] {
    return [...this.#services.values()].map(({ messages }) => each(messages));
  }
}

async function* each(messages: readonly LogMessage[]): AsyncGenerator<LogMessage> {
  yield* messages;
}

function countOf(message: LogMessage): number {
  return message.type === 'lines' || message.type === 'output' ? message.lines.length : 0;
}
