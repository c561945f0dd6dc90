import type { Command, CommandResult } from '@devloop/shared/protocol/command';
import type { Daemon } from '../loop/daemon.ts';
import { deletePod } from './delete-pod.ts';
import { pauseServices } from './pause-services.ts';
import { knownService, knownTarget, reachableCluster } from './refusals.ts';
import { restartService } from './restart-service.ts';
import { rollBack } from './roll-back.ts';
import { scaleService } from './scale-service.ts';

export interface CarryOutOptions {
  /** Told when the daemon is to end once the command has been answered. */
  readonly onStop: (reason: string) => void;
  /** Ends what is done for the client alone. */
  readonly signal: AbortSignal;
  /** Ends what is brought to an end even where the client goes away. */
  readonly ended: AbortSignal;
}

/**
 * Does what a client asked for.
 *
 * @throws DevloopError why it is not done
 */
export async function carryOut(
  command: Command,
  daemon: Daemon,
  { onStop, signal, ended }: CarryOutOptions,
): Promise<CommandResult> {
  const { type } = command;
  switch (type) {
    case 'rebuild-service':
      return { type, revision: daemon.rebuild(knownService(daemon, command.service)) };
    case 'look-again':
      return { type, revision: await knownService(daemon, command.service).lookAgain() };
    case 'restart-service':
      await restartService(knownService(daemon, command.service), reachableCluster(daemon), ended);
      return { type };
    case 'pause':
      return { type, services: pauseServices(daemon, command.services, 'service-paused') };
    case 'resume':
      return { type, services: pauseServices(daemon, command.services, 'service-resumed') };
    case 'scale-service':
      scaleService(knownService(daemon, command.service), command.replicas, daemon.log);
      return { type };
    case 'delete-pod': {
      const pod = { namespace: command.namespace, name: command.pod };
      await deletePod(knownService(daemon, command.service), pod, reachableCluster(daemon), ended);
      return { type };
    }
    case 'roll-back': {
      const loop = knownService(daemon, command.service);
      return { type, image: await rollBack(loop, command.image, reachableCluster(daemon), signal) };
    }
    case 'add-forward': {
      const { service, local, port, address } = command;
      knownTarget(daemon, service);
      await daemon.forwards.add({ service, local, port, address });
      return { type };
    }
    case 'remove-forward':
      knownTarget(daemon, command.service);
      await daemon.forwards.remove(command.service, command.local);
      return { type };
    case 'plan-down':
      return { type, objects: await daemon.planDown(signal) };
    case 'down':
      try {
        return { type, objects: await daemon.down(ended) };
      } finally {
        onStop('down'); // also where it failed: a daemon that has given up its services is of no use to anybody
      }
    case 'stop':
      onStop('stop');
      return { type };
  }
}
