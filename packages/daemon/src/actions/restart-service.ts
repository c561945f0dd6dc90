import type { PassContext } from '../loop/run-pass.ts';
import type { ServiceLoop } from '../loop/service-loop.ts';
import { refused } from './refusals.ts';

/** API versions of the kinds that can be restarted; the others have no controller that would go on, or have ended. */
const RESTARTABLE: Readonly<Partial<Record<string, string>>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Pod: 'v1',
};

/** Starts the containers of a service anew, and follows them until they serve. */
export async function restartService(
  loop: ServiceLoop,
  { session, deployer }: PassContext,
  signal: AbortSignal,
): Promise<void> {
  const { name } = loop.spec;
  const restartable = loop.workloads.filter(({ kind, resource }) => resource === undefined && kind in RESTARTABLE);
  if (restartable.length === 0) {
    throw refused(
      `There is nothing of ${name} that could be started again.`,
      loop.workloads.length === 0
        ? `It was not applied yet. See why: devloop status`
        : loop.workloads.some(({ resource }) => resource !== undefined)
          ? `Its pods are made by the controller of its custom resource. New ones come of a new build: devloop rebuild ${name}`
          : `A Job runs once. To run it again: devloop rebuild ${name}`,
    );
  }
  for (const { kind, namespace, name: workload } of restartable) {
    const object = { apiVersion: RESTARTABLE[kind] ?? '', kind, metadata: { name: workload, namespace } };
    if (kind === 'Pod') await deployer.recreate(object, signal);
    else deployer.sawGeneration(await session.objects.restart(object, signal));
  }
  loop.carryOut('restart', 'restarting');
}
