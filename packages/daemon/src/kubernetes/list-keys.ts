import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf } from '../deploy/workload-images.ts';

/**
 * Writes out `protocol: TCP` where a port leaves it to its default. It is part of the key by which server-side apply
 * tells ports apart, and API servers before 1.21 refuse a list whose elements miss part of their key.
 */
export function withListKeys(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  const lists = [
    copy.kind === 'Service' ? copy['spec']?.ports : undefined,
    ...containersOf(copy).map(({ ports }) => ports),
  ];
  for (const port of lists.flat()) {
    if (typeof port === 'object' && port !== null) port.protocol ??= 'TCP';
  }
  return copy;
}
