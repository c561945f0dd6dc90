import type { PassContext } from '../loop/run-pass.ts';
import type { ServiceLoop } from '../loop/service-loop.ts';
import { workloadStatus } from '../rollout/workload-status.ts';
import { refused } from './refusals.ts';

/** Deletes a pod of a service. Its controller makes another; one that has none is applied again. */
export async function deletePod(
  loop: ServiceLoop,
  pod: { readonly namespace: string; readonly name: string },
  { session, deployer, log }: PassContext,
  signal: AbortSignal,
): Promise<void> {
  const { name: service } = loop.spec;
  const pods = loop.workloads.flatMap((workload) =>
    workloadStatus(workload, session.view).pods.map(({ metadata }) => ({ workload, metadata })),
  );
  const found = pods.find(({ metadata }) => metadata.name === pod.name && metadata.namespace === pod.namespace);
  if (found === undefined) {
    const names = pods.map(({ metadata }) => metadata.name);
    throw refused(
      `${service} has no pod ${pod.name} in ${pod.namespace}.`,
      names.length === 0 ? 'It has no pods now: devloop status' : `Its pods are: ${names.join(', ')}.`,
    );
  }
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: pod };
  if (found.workload.kind === 'Pod') {
    await deployer.recreate(object, signal);
    log.dispatch({ type: 'pod-deleted', service, namespace: pod.namespace, pod: pod.name });
    loop.carryOut('restart', 'restarting');
    return;
  }
  await session.objects.delete(object, signal);
  log.dispatch({ type: 'pod-deleted', service, namespace: pod.namespace, pod: pod.name });
}
