import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';

/**
 * Joins what the daemon sends after a new connection to what it sent before: the last lines of every source come again
 * then, and are left out.
 */
export class LogSeam {
  readonly #newest = new Map<string, string>();
  #known: ReadonlyMap<string, string> = new Map();

  /** A connection begins. */
  begin(): void {
    this.#known = new Map(this.#newest);
  }

  /** The message without lines that came before; undefined where nothing is left of it. */
  join(message: LogMessage): LogMessage | undefined {
    if (message.type !== 'lines' && message.type !== 'output') return message;
    const source =
      message.type === 'output'
        ? `${message.service}\n${message.source}`
        : `${message.service}\n${message.pod}\n${message.container}`;
    const known = this.#known.get(source);
    const lines = known === undefined ? message.lines : message.lines.filter((line) => timeOf(line) > known);
    const newest = lines.at(-1);
    if (newest === undefined) return undefined;
    this.#newest.set(source, timeOf(newest));
    return { ...message, lines };
  }
}

/** An RFC 3339 time as text that sorts: fractions come with as many digits as they need. */
function timeOf([at]: LogLine): string {
  const [seconds = '', fraction = ''] = at.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
