import type { KubeObject } from '../../ports/kube-object.ts';
import type { Fields } from '../schema/fields.ts';
import { ageOf } from './age.ts';
import { AGE, type Column, NAME, text, wide } from './column.ts';

/** The columns of pods; kubernetes' `printPod`. */
export const POD_COLUMNS: readonly Column[] = [
  NAME,
  text('Ready', (pod) => `${readyCount(pod)}/${countable(pod)}`),
  text('Status', podReason),
  text('Restarts', restarts),
  AGE,
  wide(text('IP', ({ status }) => status?.podIP || '<none>')),
  wide(text('Node', ({ spec }) => spec?.nodeName || '<none>')),
  wide(text('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>')),
  wide(
    text('Readiness Gates', ({ spec, status }) => {
      const gates: Fields[] = spec?.readinessGates ?? [];
      if (gates.length === 0) return '<none>';
      const isTrue = ({ conditionType }: Fields) =>
        (status?.conditions ?? []).some((one: Fields) => one['type'] === conditionType && one['status'] === 'True');
      return `${gates.filter(isTrue).length}/${gates.length}`;
    }),
  ),
];

function statuses(pod: KubeObject, list: string): Fields[] {
  return pod['status']?.[list] ?? [];
}

/** Init containers that go on beside the main ones. */
function sidecars({ spec }: KubeObject): Set<string> {
  const init: Fields[] = spec?.initContainers ?? [];
  return new Set(init.flatMap(({ name, restartPolicy }) => (restartPolicy === 'Always' ? [name] : [])));
}

function countable(pod: KubeObject): number {
  return (pod['spec']?.containers ?? []).length + sidecars(pod).size;
}

function readyCount(pod: KubeObject): number {
  const besides = sidecars(pod);
  const ready = statuses(pod, 'containerStatuses').filter(({ ready, state }) => ready && state?.running !== undefined);
  const beside = statuses(pod, 'initContainerStatuses').filter(({ name, ready }) => ready && besides.has(name));
  return ready.length + beside.length;
}

function restarts(pod: KubeObject, now: number): string {
  const counted = statuses(pod, 'containerStatuses');
  const total = counted.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
  const ends = counted.flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? []).toSorted();
  const last = ends.at(-1);
  return total > 0 && last !== undefined ? `${total} (${ageOf(last, now)} ago)` : `${total}`;
}

function podReason(pod: KubeObject): string {
  const { status, metadata } = pod;
  const isTerminating = metadata.deletionTimestamp !== undefined;
  if (isTerminating && status?.reason !== 'NodeLost') return 'Terminating';
  if (isTerminating) return 'Unknown';
  const gated = (status?.conditions ?? []).some(
    ({ type, reason }: Fields) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  const phase = gated ? 'SchedulingGated' : status?.reason || status?.phase || 'Unknown';
  return initReason(pod) ?? mainReason(pod, phase);
}

/** What keeps the init containers from being done; undefined: nothing. */
function initReason(pod: KubeObject): string | undefined {
  const besides = sidecars(pod);
  const all = statuses(pod, 'initContainerStatuses');
  for (const [index, { name, state, started }] of all.entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    if (besides.has(name) && started === true) continue;
    if (state?.terminated !== undefined) return `Init:${endReason(state.terminated)}`;
    const waiting = state?.waiting?.reason;
    if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${(pod['spec']?.initContainers ?? []).length}`;
  }
  return undefined;
}

function mainReason(pod: KubeObject, phase: string): string {
  let reason = phase;
  let isRunning = false;
  for (const { state, ready } of statuses(pod, 'containerStatuses').toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated !== undefined) reason = endReason(state.terminated);
    else if (ready && state?.running !== undefined) isRunning = true;
  }
  if (reason !== 'Completed' || !isRunning) return reason;
  const isReady = (pod['status']?.conditions ?? []).some(
    ({ type, status }: Fields) => type === 'Ready' && status === 'True',
  );
  return isReady ? 'Running' : 'NotReady';
}

function endReason({ reason, signal, exitCode }: Fields): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}
