import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

/** What a custom resource's own status says of it. */
export interface CustomHealth {
  /** `stalled`: its controller has given up, until something changes. */
  readonly is: 'well' | 'on-its-way' | 'stalled';
  /** In the controller's words, where it has some. */
  readonly why: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * Reads the conditions that controllers agree on: `Ready`, or where there is none `Available`, and the two abnormal ones of
 * kubernetes-sigs/cli-utils' kstatus, `Stalled` and `Reconciling`. Pure.
 *
 * @param generation that was applied; what is older has not been told yet
 * @returns undefined where its status says nothing of the kind
 */
export function customHealth(object: KubernetesObject, generation: number): CustomHealth | undefined {
  const status = object['status'] ?? {};
  const current = object.metadata.generation ?? 0;
  if (object.metadata.deletionTimestamp !== undefined) return { is: 'on-its-way', why: 'it is being deleted' };
  // Some controllers write a hash there.
  const observed = Number(status.observedGeneration ?? current);
  if (current < generation || observed < current) return { is: 'on-its-way', why: 'waiting for its controller' };
  const conditions: Condition[] = Array.isArray(status.conditions) ? status.conditions : [];
  const of = (type: string) => conditions.find((condition) => condition.type === type);
  const stalled = of('Stalled');
  if (stalled?.status === 'True') return { is: 'stalled', why: wordsOf(stalled) };
  const reconciling = of('Reconciling');
  if (reconciling?.status === 'True') return { is: 'on-its-way', why: wordsOf(reconciling) };
  const ready = of('Ready') ?? of('Available');
  if (ready === undefined) return undefined;
  return { is: ready.status === 'True' ? 'well' : 'on-its-way', why: wordsOf(ready) };
}

function wordsOf({ type, status, reason, message }: Condition): string {
  return [`${type} is ${status}`, ...[reason, message].filter(Boolean)].join(': ');
}
