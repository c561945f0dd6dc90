import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import { asksForExpected } from './expected-images.ts';
import { hasEnded, isTerminating, type LiveObjects, type Workload } from './workload-status.ts';

/**
 * Pods of a Deployment that a swap has left behind, because its daemon was killed or its cluster lost in the middle of it:
 * their ReplicaSet asks for the expected images, they do not, and no controller would ever look at them again. Pure.
 */
export function halfSwapped({ kind, namespace, name, expected }: Workload, live: LiveObjects): KubernetesObject[] {
  const deployment = kind === 'Deployment' ? live.get(kind, namespace, name) : undefined;
  if (deployment === undefined) return [];
  return live
    .ownedBy('ReplicaSet', namespace, deployment.metadata.uid ?? '')
    .filter((set) => asksForExpected({ ...set, spec: podTemplateOf(set) }, expected))
    .flatMap((set) => live.ownedBy('Pod', namespace, set.metadata.uid ?? ''))
    .filter((pod) => !isTerminating(pod) && !hasEnded(pod) && !asksForExpected(pod, expected));
}
