import type { LiveObjects, Workload, WorkloadStatus } from './workload-status.ts';

/**
 * How far the nodes are with pulling the images that these workloads are to run, by the kubelets' events: undefined where
 * none had to be pulled. An image that was there already has `Pulled` too, but no `Pulling` before it.
 */
export function pullOf(
  workloads: readonly Workload[],
  statuses: readonly WorkloadStatus[],
  view: Pick<LiveObjects, 'eventsOf'>,
): 'begun' | 'done' | undefined {
  const pulls = workloads.flatMap(({ expected, namespace }, index) => {
    const references = [...expected.values()].map(({ reference }) => `"${reference}"`);
    return (statuses[index]?.newest ?? []).flatMap((pod) => {
      const events = view.eventsOf(namespace, pod.metadata.uid ?? '');
      return references.flatMap((reference) => {
        const reasons = events.filter((event) => String(event['message']).includes(reference)).map(reasonOf);
        if (!reasons.includes('Pulling')) return [];
        return [reasons.includes('Pulled') ? ('done' as const) : ('begun' as const)];
      });
    });
  });
  return pulls.find((pull) => pull === 'begun') ?? pulls[0];
}

function reasonOf(event: { readonly [key: string]: unknown }): string {
  return String(event['reason']);
}
