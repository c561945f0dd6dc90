import type { LogLine } from '@devloop/shared/protocol/stream-message';

/** How a time stamp of the kubelet begins. */
const STAMP = /^\d{4}-\d\d-\d\dT/;

/**
 * Up to where a container's log has been handed out. The API takes whole seconds: who opens the log again asks from
 * the last second on, and what comes twice is passed over here.
 */
export class LogPosition {
  #lastAt: string | undefined;
  #atLast = 0;
  #since: string | undefined;
  #toSkip = 0;

  /** The stamp to ask from; undefined where nothing has been handed out. */
  get since(): string | undefined {
    return this.#lastAt;
  }

  /** Says that the log is opened again from {@link since} on. */
  reopen(): void {
    this.#since = this.#lastAt;
    this.#toSkip = this.#atLast;
  }

  /** Of lines as the kubelet stamps them, those that have not been handed out. */
  take(stamped: readonly string[]): LogLine[] {
    const lines: LogLine[] = [];
    for (const line of stamped) {
      const space = line.indexOf(' ');
      // A line that was too long goes on without a stamp.
      const isStamped = space !== -1 && STAMP.test(line);
      const at = isStamped ? line.slice(0, space) : (this.#lastAt ?? new Date().toISOString());
      const text = isStamped ? line.slice(space + 1) : line;
      if (this.#since !== undefined && at < this.#since) continue;
      if (this.#since !== undefined && at === this.#since && this.#toSkip > 0) {
        this.#toSkip -= 1;
        continue;
      }
      this.#atLast = at === this.#lastAt ? this.#atLast + 1 : 1;
      this.#lastAt = at;
      lines.push([at, text]);
    }
    return lines;
  }
}
