import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import type { Paint, Palette } from '../terminal/palette.ts';
import { plainText } from '../wording/plain-text.ts';

/** How much of a pod's name tells it from its siblings. */
const POD_SUFFIX = 5;

/**
 * Turns log messages into lines: the service in its colour, with the end of the pod's name once the service has shown
 * more than one pod, and the container's once a pod has shown more than one.
 */
export class LogPrinter {
  readonly #palette: Palette;
  readonly #timestamps: boolean;
  readonly #pods = new Map<string, Set<string>>();
  readonly #containers = new Map<string, Set<string>>();
  #width = 0;

  constructor(palette: Palette, timestamps: boolean) {
    this.#palette = palette;
    this.#timestamps = timestamps;
  }

  /** The lines to print for a message; none for what is not for the eye. */
  lines(message: LogMessage): string[] {
    switch (message.type) {
      case 'goodbye':
      case 'caught-up':
        return [];
      case 'gap':
        return [`${this.#name(message)}  ${this.#gap(message)}`];
      case 'lines': {
        const name = this.#name(message);
        return message.lines.map((line) => `${name}  ${this.#text(line)}`);
      }
      case 'output': {
        const paint = this.#palette.service(message.service);
        const name = this.#padded([message.service, message.source], [paint, this.#palette.dim]);
        return message.lines.map((line) => `${name}  ${this.#text(line)}`);
      }
    }
  }

  #gap({ because, isPerhapsNone, from, to }: Extract<LogMessage, { type: 'gap' }>): string {
    const times = [...(from === undefined ? [] : [` from ${from}`]), ...(to === undefined ? [] : [` to ${to}`])];
    const why = plainText(times.length === 0 ? because : `${because} (${times.join('').trim()})`);
    return isPerhapsNone
      ? this.#palette.dim(`… perhaps nothing is missing here: ${why}`)
      : this.#palette.warning(`… lines are missing here: ${why}`);
  }

  #text([at, text]: LogLine): string {
    return this.#timestamps ? `${this.#palette.dim(at)} ${plainText(text)}` : plainText(text);
  }

  #name({ service, pod, container }: { service: string; pod: string; container: string }): string {
    const pods = remember(this.#pods, service, pod);
    const containers = remember(this.#containers, service, container);
    const parts = [...(pods > 1 ? [pod.slice(-POD_SUFFIX)] : []), ...(containers > 1 ? [container] : [])];
    const paints = [this.#palette.service(service), this.#palette.service(pod)] as const;
    return this.#padded([service, parts.join(' ')], paints);
  }

  /** As wide as the widest so far. The second part has a colour of its own, so that pods are told apart. */
  #padded([first, second]: readonly [string, string], [paint, other]: readonly [Paint, Paint]): string {
    const length = first.length + (second === '' ? 0 : 1 + second.length);
    this.#width = Math.max(this.#width, length);
    const padding = ' '.repeat(this.#width - length);
    return `${paint(first)}${second === '' ? '' : ` ${other(second)}`}${padding}`;
  }
}

/** Of an empty name, which stands for any, nothing is remembered. */
function remember(seen: Map<string, Set<string>>, key: string, value: string): number {
  const values = seen.get(key) ?? new Set();
  if (value === '') return 0;
  seen.set(key, values.add(value));
  return values.size;
}
