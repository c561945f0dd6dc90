/** Fields that are another each time, or that controllers write when they come to it. */
const VOLATILE = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'time',
  'lastUpdateTime',
  'lastTransitionTime',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'selfLink',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'continue',
]);

const UID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * An answer without what differs from run to run, and without nulls, so that two servers' answers can be compared.
 *
 * @param namespace of the run, which is `NS` in what is compared
 */
export function normalise(answer: unknown, namespace: string): unknown {
  if (typeof answer === 'string') return answer.replaceAll(namespace, 'NS').replace(UID, 'UID').trim();
  if (Array.isArray(answer)) return answer.map((item) => normalise(item, namespace));
  if (typeof answer !== 'object' || answer === null) return answer;
  const kept = Object.entries(answer)
    .filter(([key, value]) => value !== null && !VOLATILE.has(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept.map(([key, value]) => [key, normalise(value, namespace)]));
}
