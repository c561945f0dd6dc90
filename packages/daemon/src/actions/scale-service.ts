import { isScalable } from '../deploy/replicas.ts';
import type { ServiceLoop } from '../loop/service-loop.ts';
import type { EventLog } from '../state/event-log.ts';
import { refused } from './refusals.ts';

/** Gives a service another number of replicas, which stays whatever its manifests say. */
export function scaleService(loop: ServiceLoop, replicas: number, log: EventLog): void {
  const service = loop.spec.name;
  if (!loop.spec.manifests.some(({ object }) => isScalable(object))) {
    throw refused(
      `Nothing of ${service} has replicas.`,
      'Make it a Deployment or a StatefulSet; what is in its manifests has one pod, or one on each node.',
    );
  }
  const state = log.state.services.get(service);
  if (state?.paused && state.pending?.saved) {
    // Scaling applies its manifests and its image, and those have saves in them that are to wait.
    throw refused(`${service} is paused and has a save that waits.`, 'Resume it first, then scale it.');
  }
  log.dispatch({ type: 'service-scaled', service, replicas });
  loop.carryOut('scale', `scaling to ${replicas}`);
}
