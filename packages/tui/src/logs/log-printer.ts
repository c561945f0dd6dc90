import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import type { Palette } from '../terminal/palette.ts';
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
        return [`${this.#name(message)}  ${this.#palette.warning(gapText(message.because))}`];
      case 'lines': {
        const name = this.#name(message);
        return message.lines.map((line) => `${name}  ${this.#text(line)}`);
      }
      case 'output': {
        const name = this.#padded(`${message.service} ${message.source}`, message.service);
        return message.lines.map((line) => `${name}  ${this.#text(line)}`);
      }
    }
  }

  #text([at, text]: LogLine): string {
    return this.#timestamps ? `${this.#palette.dim(at)} ${plainText(text)}` : plainText(text);
  }

  #name({ service, pod, container }: { service: string; pod: string; container: string }): string {
    const pods = remember(this.#pods, service, pod);
    const containers = remember(this.#containers, service, container);
    const parts = [service, ...(pods > 1 ? [pod.slice(-POD_SUFFIX)] : []), ...(containers > 1 ? [container] : [])];
    return this.#padded(parts.join(' '), service);
  }

  #padded(label: string, service: string): string {
    this.#width = Math.max(this.#width, label.length);
    return this.#palette.service(service)(label.padEnd(this.#width));
  }
}

function gapText(because: string): string {
  return `… lines are missing here: ${plainText(because)}`;
}

function remember(seen: Map<string, Set<string>>, key: string, value: string): number {
  const values = seen.get(key) ?? new Set();
  seen.set(key, values.add(value));
  return values.size;
}
