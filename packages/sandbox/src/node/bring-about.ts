import type { ApiFaults } from '../api-server/api-faults.ts';
import type { Fault } from '../host/node-messages.ts';

/**
 * Lets the fault happen.
 *
 * @param begun faults that go on, which `no-faults` ends
 * @throws Error for what is no fault
 */
export function bringAbout(fault: Fault, faults: ApiFaults, begun: Set<Disposable>): void {
  switch (fault.is) {
    case 'slow-api':
      faults.slowness = fault.delayMs;
      break;
    case 'failing-api': {
      const { method, path, times, status, reason, message } = fault;
      const about = { ...(method !== undefined && { method }), ...(path !== undefined && { path: new RegExp(path) }) };
      begun.add(faults.fail({ ...about, times, status, reason, message }));
      break;
    }
    case 'no-connections':
      faults.refuseConnections = true;
      break;
    case 'drop-watches':
      faults.dropWatches();
      break;
    case 'expire-history':
      faults.expireHistory();
      break;
    case 'no-faults':
      faults.slowness = 0;
      faults.refuseConnections = false;
      for (const failing of begun) failing[Symbol.dispose]();
      begun.clear();
      break;
    default:
      throw new Error(`there is no fault ${JSON.stringify((fault as Fault).is)}`);
  }
}
