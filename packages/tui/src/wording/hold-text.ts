import type { Hold } from '@devloop/shared/protocol/service-state';
import { plainText } from './plain-text.ts';

/** Why a service waits, in words that follow its name. */
export function holdText(hold: Hold): string {
  switch (hold.reason) {
    case 'waiting-for-cluster':
      return `waits for the cluster: ${plainText(hold.detail)}`;
    case 'waiting-for-config':
      return `waits for the configuration: ${plainText(hold.detail)}`;
    case 'waiting-for-dependency':
      return `waits until ${hold.on.join(', ')} ${hold.on.length === 1 ? 'is' : 'are'} live`;
    case 'waiting-for-image':
      return `waits for the image of ${hold.on.join(', ')}`;
    case 'waiting-for-build-slot':
      return 'waits for its turn to build';
    case 'waiting-for-turn':
      return `waits for its turn to start${hold.before === 0 ? '' : `, ${hold.before} before it`}`;
    case 'paused':
      return 'paused: saves wait until it is resumed';
    default:
      return unknownHold(hold);
  }
}

function unknownHold(hold: never): never {
  throw new Error(`unknown hold ${JSON.stringify(hold)}`);
}
