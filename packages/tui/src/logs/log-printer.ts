import type { LogMessage } from '@devloop/shared/protocol/stream-message';
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

  line(message: LogMessage): string {
    const label = this.#label(message);
    this.#width = Math.max(this.#width, label.length);
    const name = this.#palette.service(message.service)(label.padEnd(this.#width));
    switch (message.type) {
      case 'gap':
        return `${name}  ${this.#palette.warning(`… lines are missing here: ${plainText(message.because)}`)}`;
      case 'line': {
        const at = this.#timestamps ? `${this.#palette.dim(message.at)} ` : '';
        return `${name}  ${at}${plainText(message.text)}`;
      }
    }
  }

  #label({ service, pod, container }: LogMessage): string {
    const pods = remember(this.#pods, service, pod);
    const containers = remember(this.#containers, service, container);
    return [service, ...(pods > 1 ? [pod.slice(-POD_SUFFIX)] : []), ...(containers > 1 ? [container] : [])].join(' ');
  }
}

function remember(seen: Map<string, Set<string>>, key: string, value: string): number {
  const values = seen.get(key) ?? new Set();
  seen.set(key, values.add(value));
  return values.size;
}
