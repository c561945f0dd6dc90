import { isDeepStrictEqual } from 'node:util';
import { seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ContainerStatus } from './container-status.ts';
import { type Container, isSidecar, type PodSpec } from './pod-spec.ts';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly lastProbeTime: null;
  readonly lastTransitionTime: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What the kubelet knows of a pod. */
export interface PodFacts {
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  /** Undefined until its network is there. */
  readonly address: string | undefined;
  readonly hostAddress: string;
  readonly startTime: string;
  /** Its containers have been ended for good, by deletion or by a deadline. */
  readonly isOver: boolean;
  /** Why it failed as a whole: `DeadlineExceeded`. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

/** core/v1 PodStatus; pkg/kubelet generateAPIPodStatus. Pure but for the time of a condition's change. */
export function podStatus(pod: KubeObject, facts: PodFacts, now: number): Record<string, unknown> {
  const spec = pod['spec'] as PodSpec;
  const before: Record<string, unknown> & { conditions?: Condition[] } = pod['status'] ?? {};
  const phase: Phase = facts.failure !== undefined ? 'Failed' : phaseOf(spec, facts);
  const kept = (before.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.includes(type));
  const conditions = [...conditionsOf(spec, facts, phase), ...kept].map((condition) =>
    dated(condition, before.conditions ?? [], now),
  );
  const { address } = facts;
  return {
    ...before,
    phase,
    conditions,
    hostIP: facts.hostAddress,
    hostIPs: [{ ip: facts.hostAddress }],
    ...(address !== undefined && { podIP: address, podIPs: [{ ip: address }] }),
    startTime: facts.startTime,
    ...(facts.initStatuses.length > 0 && { initContainerStatuses: facts.initStatuses }),
    containerStatuses: facts.statuses,
    qosClass: before['qosClass'] ?? qosClassOf(spec),
    ...facts.failure,
  };
}

/** pkg/kubelet getPhase. */
export function phaseOf(spec: PodSpec, { initStatuses, statuses, isOver }: PodFacts): Phase {
  const policy = spec.restartPolicy ?? 'Always';
  const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  let initialising = 0;
  for (const { name, state, lastState, started } of initStatuses) {
    if (sidecars.has(name)) {
      if (!started && !isOver) initialising++;
    } else if (state.terminated !== undefined) {
      if (state.terminated.exitCode !== 0 && (policy === 'Never' || isOver)) return 'Failed';
      if (state.terminated.exitCode !== 0) initialising++;
    } else if (state.waiting === undefined || lastState.terminated?.exitCode !== 0) {
      initialising++;
    }
  }
  if (initialising > 0 && isOver) return 'Failed';
  if (initialising > 0) return 'Pending';
  const ends = statuses.map(({ state, lastState }) => state.terminated ?? (state.waiting && lastState.terminated));
  const running = statuses.filter(({ state }) => state.running !== undefined).length;
  const waiting = statuses.filter((_status, index) => ends[index] === undefined).length - running;
  if (isOver) return ends.every((end) => end?.exitCode === 0) ? 'Succeeded' : 'Failed';
  if (waiting > 0) return 'Pending';
  if (running > 0 || policy === 'Always') return 'Running';
  if (ends.every((end) => end?.exitCode === 0)) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

const KUBELET_CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'];

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** pkg/kubelet/status generate.go: reasons and words. */
function conditionsOf(spec: PodSpec, facts: PodFacts, phase: Phase): Verdict[] {
  const incomplete = (spec.initContainers ?? []).filter((container) => {
    const status = facts.initStatuses.find(({ name }) => name === container.name);
    if (status === undefined) return true;
    return isSidecar(container) ? !status.started : status.state.terminated?.exitCode !== 0;
  });
  const hasBegun = facts.statuses.some(({ containerID }) => containerID !== undefined);
  const unready = spec.containers.filter(
    ({ name }) => !facts.statuses.some((status) => status.name === name && status.ready),
  );
  const over: Pick<Verdict, 'status' | 'reason'> | undefined =
    phase === 'Succeeded'
      ? { status: 'False', reason: 'PodCompleted' }
      : phase === 'Failed'
        ? { status: 'False', reason: 'PodFailed' }
        : undefined;
  const ready: Pick<Verdict, 'status' | 'reason' | 'message'> =
    over ??
    (unready.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: ${names(unready)}`,
        });
  return [
    {
      type: 'PodReadyToStartContainers',
      status: facts.address !== undefined && over === undefined && !facts.isOver ? 'True' : 'False',
    },
    incomplete.length === 0 || hasBegun
      ? { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' && { reason: 'PodCompleted' }) }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: ${names(incomplete)}`,
        },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
  ];
}

/** Go's `%s` of a slice of strings. */
function names(containers: readonly Container[]): string {
  return `[${containers.map(({ name }) => name).join(' ')}]`;
}

function dated(verdict: Verdict | Condition, before: readonly Condition[], now: number): Condition {
  const old = before.find(({ type }) => type === verdict.type);
  const lastTransitionTime = old?.status === verdict.status ? old.lastTransitionTime : seconds(now);
  return { ...verdict, lastProbeTime: null, lastTransitionTime };
}

/** pkg/apis/core/helper/qos GetPodQOS, for cpu and memory. */
export function qosClassOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const counted = (list: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(list).filter(([name]) => name === 'cpu' || name === 'memory'));
  const limits = containers.map(({ resources }) => counted(resources?.limits));
  const requests = containers.map(({ resources }) => counted(resources?.requests));
  if ([...limits, ...requests].every((list) => Object.keys(list).length === 0)) return 'BestEffort';
  const isGuaranteed = limits.every(
    (limit, index) => 'cpu' in limit && 'memory' in limit && isDeepStrictEqual({ ...limit, ...requests[index] }, limit),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
