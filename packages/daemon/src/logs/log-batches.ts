import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import { instant } from '../support/instant.ts';

/** Lines that come this close together go out together: a message for each would cost more than the line. */
const TOGETHER_MS = 25;

export type LogSource =
  | { readonly type: 'lines'; readonly service: string; readonly pod: string; readonly container: string }
  | Omit<Extract<LogMessage, { type: 'output' }>, 'lines'>;

/** Puts the lines of each source together that come together. The first after a quiet time goes out at once. */
export class LogBatches implements Disposable {
  readonly #send: (message: LogMessage) => void;
  readonly #waiting = new Map<string, { source: LogSource; lines: LogLine[] }>();
  #timer: NodeJS.Timeout | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;

  constructor(send: (message: LogMessage) => void) {
    this.#send = send;
  }

  add(source: LogSource, lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    const key = JSON.stringify(source);
    const batch = this.#waiting.get(key) ?? { source, lines: [] };
    for (const line of lines) batch.lines.push(line);
    this.#waiting.set(key, batch);
    const due = this.#flushedAt + TOGETHER_MS - instant();
    if (due <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), due);
  }

  /** Sends what there is. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedAt = instant();
    for (const { source, lines } of this.#waiting.values()) this.#send({ ...source, lines });
    this.#waiting.clear();
  }

  /** Leaves out what has not been sent. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }
}
