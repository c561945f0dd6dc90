import { seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { rollingBounds, totalReplicas } from './deployment-scale.ts';

export interface DeploymentCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastUpdateTime: string;
  readonly lastTransitionTime: string;
}

export interface DeploymentStatus {
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly unavailableReplicas: number;
  readonly conditions: readonly DeploymentCondition[];
  readonly collisionCount?: number;
}

type Verdict = Omit<DeploymentCondition, 'lastUpdateTime' | 'lastTransitionTime'>;

export function conditionOf(
  conditions: readonly DeploymentCondition[] = [],
  type: string,
): DeploymentCondition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** SetDeploymentCondition: the same status and reason is no news. */
export function withCondition(
  conditions: readonly DeploymentCondition[],
  verdict: Verdict,
  now: number,
): readonly DeploymentCondition[] {
  const before = conditionOf(conditions, verdict.type);
  if (before?.status === verdict.status && before.reason === verdict.reason) return conditions;
  const time = seconds(now);
  const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : time;
  const condition = { ...verdict, lastUpdateTime: time, lastTransitionTime };
  return [...conditions.filter(({ type }) => type !== verdict.type), condition];
}

function sum(sets: readonly KubeObject[], field: string): number {
  return sets.reduce((total, { status }) => total + (status?.[field] ?? 0), 0);
}

/** What the ReplicaSets say of a Deployment: pkg/controller/deployment calculateStatus. Pure. */
export function countedStatus(
  deployment: KubeObject,
  sets: readonly KubeObject[],
  newest: KubeObject | undefined,
  now: number,
): DeploymentStatus {
  const { spec, status = {}, metadata } = deployment;
  const availableReplicas = sum(sets, 'availableReplicas');
  const isAvailable = availableReplicas >= (spec.replicas ?? 1) - rollingBounds(deployment).maxUnavailable;
  const conditions = withCondition(
    status.conditions ?? [],
    isAvailable
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    now,
  );
  return {
    observedGeneration: metadata.generation ?? 0,
    replicas: sum(sets, 'replicas'),
    updatedReplicas: newest === undefined ? 0 : sum([newest], 'replicas'),
    readyReplicas: sum(sets, 'readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalReplicas(sets) - availableReplicas),
    conditions,
    ...(status.collisionCount !== undefined && { collisionCount: status.collisionCount }),
  };
}

/** Whether all pods are of the newest template and available: DeploymentComplete. */
export function isComplete({ spec, metadata }: KubeObject, status: DeploymentStatus): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status.updatedReplicas === wanted &&
    status.replicas === wanted &&
    status.availableReplicas === wanted &&
    status.observedGeneration >= (metadata.generation ?? 0)
  );
}

function progresses(deployment: KubeObject, status: DeploymentStatus): boolean {
  const before: Partial<DeploymentStatus> = deployment['status'] ?? {};
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = before;
  return (
    status.updatedReplicas > updatedReplicas ||
    status.replicas - status.updatedReplicas < replicas - updatedReplicas ||
    status.readyReplicas > readyReplicas ||
    status.availableReplicas > availableReplicas
  );
}

/** When a rollout that makes no progress counts as failed, in ms since the epoch; undefined: never. */
export function deadlineOf({ spec }: KubeObject, conditions: readonly DeploymentCondition[]): number | undefined {
  const progressing = conditionOf(conditions, 'Progressing');
  const { progressDeadlineSeconds = 600 } = spec;
  if (progressing === undefined || progressDeadlineSeconds >= 2 ** 31 - 1) return undefined;
  if (['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'].includes(progressing.reason)) return undefined;
  return Date.parse(progressing.lastUpdateTime) + progressDeadlineSeconds * 1000;
}

/** The status of a rollout, with how it goes: pkg/controller/deployment syncRolloutStatus. Pure. */
export function rolloutStatus(
  deployment: KubeObject,
  sets: readonly KubeObject[],
  newest: KubeObject | undefined,
  now: number,
): DeploymentStatus {
  const status = countedStatus(deployment, sets, newest, now);
  let { conditions } = status;
  const before = conditionOf(conditions, 'Progressing');
  const wasComplete = status.replicas === status.updatedReplicas && before?.reason === 'NewReplicaSetAvailable';
  const what =
    newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`;
  const progressing = (verdict: Pick<Verdict, 'status' | 'reason' | 'message'>) => ({
    type: 'Progressing',
    ...verdict,
  });
  const deadline = deadlineOf(deployment, conditions);
  if (!wasComplete) {
    if (isComplete(deployment, status)) {
      const message = `${what} has successfully progressed.`;
      conditions = withCondition(
        conditions,
        progressing({ status: 'True', reason: 'NewReplicaSetAvailable', message }),
        now,
      );
    } else if (progresses(deployment, status)) {
      const message = `${what} is progressing.`;
      const condition = {
        ...progressing({ status: 'True', reason: 'ReplicaSetUpdated', message }),
        lastUpdateTime: seconds(now),
        lastTransitionTime: before?.status === 'True' ? before.lastTransitionTime : seconds(now),
      } as const;
      conditions = [...conditions.filter(({ type }) => type !== 'Progressing'), condition];
    } else if (deadline !== undefined && now > deadline) {
      const message = `${what} has timed out progressing.`;
      conditions = withCondition(
        conditions,
        progressing({ status: 'False', reason: 'ProgressDeadlineExceeded', message }),
        now,
      );
    }
  }
  return { ...status, conditions: withReplicaFailure(conditions, sets, newest, now) };
}

function withReplicaFailure(
  conditions: readonly DeploymentCondition[],
  sets: readonly KubeObject[],
  newest: KubeObject | undefined,
  now: number,
): readonly DeploymentCondition[] {
  const failure = [newest, ...sets]
    .flatMap((set): Verdict[] => set?.['status']?.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return conditions.filter(({ type }) => type !== 'ReplicaFailure');
  const { status, reason, message } = failure;
  return withCondition(conditions, { type: 'ReplicaFailure', status, reason, message }, now);
}

/** As Go writes it: counts of none are left out. */
export function written(status: DeploymentStatus): object {
  return Object.fromEntries(
    Object.entries(status).filter(([field, value]) => value !== 0 || field === 'observedGeneration'),
  );
}
