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

/** Who writes to objects when it comes to it, before or after the next request. */
const CONTROLLERS = new Set(['kube-controller-manager', 'kube-scheduler', 'kubelet']);

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
    .filter(([key, value]) => value !== null && !VOLATILE.has(key) && !isOfControllers(key, value))
    .map(([key, value]) => [key, key === 'managedFields' ? ofClients(value) : value] as const)
    // conflicts are told in the order of a map, which is another each time
    .map(([key, value]) => [key, key === 'causes' ? value.toSorted(byText) : value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const entries = kept.map(([key, value]) => [key, normalise(value, namespace)] as const);
  return Object.fromEntries(entries.filter(([key, value]) => !(key === 'annotations' && isEmpty(value))));
}

/** The status of an object, which is no text, or an annotation of a controller. */
function isOfControllers(key: string, value: unknown): boolean {
  return (key === 'status' && typeof value === 'object') || key === 'deployment.kubernetes.io/revision';
}

interface ManagedEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
}

/**
 * The entries of clients by manager, and whether all were in the API server's order. That order is by time too, and what is
 * one second for one server may be two for another.
 */
function ofClients(managedFields: readonly ManagedEntry[]): unknown {
  const clients = managedFields.filter(({ manager = '' }) => !CONTROLLERS.has(manager));
  const inOrder = managedFields.every(
    (entry, index) => index === 0 || asServed(managedFields[index - 1] ?? {}) <= asServed(entry),
  );
  return { entries: clients.toSorted((a, b) => (byManager(a) < byManager(b) ? -1 : 1)), inOrder };
}

/** Sorts as the API server does: what was applied first, then by time and manager. */
function asServed({ operation = '', time = '', manager = '' }: ManagedEntry): string {
  return [operation, time, manager].join(' ');
}

function byManager({ operation = '', manager = '' }: ManagedEntry): string {
  return [manager, operation].join(' ');
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
