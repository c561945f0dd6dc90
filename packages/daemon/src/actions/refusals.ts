import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { unknownService } from '@devloop/shared/errors/unknown-service';
import { objectReference } from '../forward/target-pods.ts';
import type { Daemon } from '../loop/daemon.ts';
import type { PassContext } from '../loop/run-pass.ts';
import type { ServiceLoop } from '../loop/service-loop.ts';

/**
 * The loop of a service.
 *
 * @throws DevloopError `service/unknown`
 */
export function knownService(daemon: Pick<Daemon, 'service' | 'serviceNames'>, service: string): ServiceLoop {
  const loop = daemon.service(service);
  if (loop !== undefined) return loop;
  throw unknownService(service, daemon.serviceNames);
}

/**
 * Makes sure that a name is that of a service, or of an object as forwards take it: `service/redis`.
 *
 * @throws DevloopError `service/unknown`
 */
export function knownTarget(daemon: Pick<Daemon, 'service' | 'serviceNames'>, name: string): void {
  if (objectReference(name) === undefined) knownService(daemon, name);
}

/**
 * What an action works with in the cluster.
 *
 * @throws DevloopError `cluster/unreachable` while there is none
 */
export function reachableCluster(daemon: Pick<Daemon, 'passContext'>): PassContext {
  const context = daemon.passContext;
  if (context !== undefined) return context;
  throw new DevloopError(
    'cluster/unreachable',
    'There is no connection to the cluster now.',
    'See why: devloop status. What was asked for can be asked for again then.',
  );
}

export function refused(message: string, remedy: string): DevloopError {
  return new DevloopError('command/refused', message, remedy);
}
