import type { KubeObject } from '../ports/kube-object.ts';
import { StatusError } from '../ports/status-error.ts';
import { matchesSelector } from '../resources/label-selector.ts';
import type { ResourceKind } from '../resources/resource-kind.ts';
import { isRecord } from '../resources/schema/read-object.ts';
import { badRequest, conflict } from '../resources/status-errors.ts';
import type { DeleteOptions } from './deletion-rules.ts';
import type { ObjectRegistry } from './object-registry.ts';
import { timestamp } from './write-rules.ts';

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** `POST pods/NAME/binding`: puts a pod on a node. */
export function bindPod(registry: ObjectRegistry, kind: ResourceKind, pod: KubeObject, body: unknown): unknown {
  const target = isRecord(body) && isRecord(body['target']) ? body['target']['name'] : undefined;
  if (typeof target !== 'string' || target === '') throw badRequest('target.name: Required value');
  const { name, namespace } = pod.metadata;
  if (pod['spec'].nodeName) {
    throw conflict(kind, name, `pod ${name} is already assigned to node ${JSON.stringify(pod['spec'].nodeName)}`);
  }
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp() };
  registry.modify(
    { resource: 'pods', namespace, name },
    (bound) => ({
      ...bound,
      spec: { ...bound['spec'], nodeName: target },
      status: {
        ...bound['status'],
        conditions: [
          ...(bound['status']?.conditions ?? []).filter(({ type }: { type: string }) => type !== 'PodScheduled'),
          scheduled,
        ],
      },
    }),
    'kube-scheduler',
  );
  return SUCCESS;
}

/** `POST pods/NAME/eviction`: deletes a pod, unless a PodDisruptionBudget keeps it. */
export function evictPod(
  registry: ObjectRegistry,
  kind: ResourceKind,
  pod: KubeObject,
  body: unknown,
  dryRun: boolean,
): unknown {
  const { namespace } = pod.metadata;
  const budget = registry
    .list('poddisruptionbudgets.policy', namespace)
    .find(({ spec }) => spec?.selector !== undefined && matchesSelector(spec.selector, pod.metadata.labels ?? {}));
  if (budget !== undefined && !((budget['status']?.disruptionsAllowed ?? 0) > 0)) {
    const { currentHealthy = 0, desiredHealthy = 0 } = budget['status'] ?? {};
    const message = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: 'DisruptionBudget', message }],
    });
  }
  const options = isRecord(body) && isRecord(body['deleteOptions']) ? (body['deleteOptions'] as DeleteOptions) : {};
  registry.deleteAs(kind, pod, options, dryRun);
  return SUCCESS;
}
