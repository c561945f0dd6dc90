import type { Daemon } from '../loop/daemon.ts';
import { knownService } from './refusals.ts';

/**
 * Has saves of services wait, or no longer.
 *
 * @param services none: all
 * @returns those that changed by it
 */
export function pauseServices(
  daemon: Pick<Daemon, 'log' | 'service' | 'serviceNames'>,
  services: readonly string[],
  type: 'service-paused' | 'service-resumed',
): string[] {
  const names = services.length === 0 ? daemon.serviceNames : services;
  for (const name of names) knownService(daemon, name);
  const wanted = type === 'service-paused';
  const changed = [...new Set(names)].filter((name) => daemon.log.state.services.get(name)?.paused !== wanted);
  for (const service of changed) daemon.log.dispatch({ type, service });
  return changed;
}
