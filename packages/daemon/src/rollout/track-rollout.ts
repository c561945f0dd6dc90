import { type ErrorReport, isAborted } from '@devloop/shared/errors/devloop-error';
import type { ImageEngine } from '../build/image-engine.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { Bell } from '../support/bell.ts';
import { instant } from '../support/instant.ts';
import { runsExpected } from './expected-images.ts';
import { acceptLikewise } from './likewise-images.ts';
import { type Diagnosis, diagnosisReport } from './pod-diagnosis.ts';
import { pullOf } from './pulled-images.ts';
import { remindOfStarts } from './remind-of-starts.ts';
import { stayUp } from './stay-up.ts';
import { type LiveObjects, type Workload, type WorkloadStatus, workloadStatus } from './workload-status.ts';

export type RolloutOutcome =
  | {
      readonly ok: true;
      /** When a node had pulled an image of the new content, where one had to. */
      readonly pulledAt: number | undefined;
      readonly startedAt: number | undefined;
      readonly readyAt: number;
    }
  | { readonly ok: false; readonly failure: ErrorReport };

export interface TrackOptions {
  readonly view: LiveObjects & { readonly changed: Bell };
  /** Asked whether what Kubernetes calls ready without a probe goes on running; absent: taken at Kubernetes' word. */
  readonly engine?: Pick<ImageEngine, 'container' | 'isBusy' | 'imageId' | 'imageLabels'>;
  /** Changes a pod in something that means nothing; absent where kubelets need no reminding of starts. */
  readonly touch?: ((pod: KubernetesObject, signal: AbortSignal) => Promise<unknown>) | undefined;
  /** Told when the wording of where the rollout is changes. */
  readonly onProgress: (detail: string) => void;
  /** Told whenever no pod waits any more for its containers to be started. */
  readonly onStarted?: () => void;
  /** The last lines of a container, for evidence. */
  readonly lastLines: (pod: KubernetesObject, container: string, previous: boolean) => Promise<string[]>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Longest that a node may go on sending connections to a pod that is being ended: kube-proxy writes its rules at most
 * once a second (`minSyncPeriod`), after the endpoints have changed.
 */
const PROXY_MS = 2000;

/**
 * Follows workloads until the new content serves and nothing else does, until it cannot, or time is up. Driven by
 * watches alone.
 *
 * @throws the signal's reason when it is aborted
 */
export async function trackRollout(workloads: readonly Workload[], options: TrackOptions): Promise<RolloutOutcome> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const over = new AbortController();
  const { view, engine, touch, signal } = options;
  const ended = AbortSignal.any([over.signal, signal, timeout]);
  const accepting = engine && acceptLikewise(workloads, view, engine, ended);
  const reminding = touch && remindOfStarts(workloads, view, touch, ended);
  try {
    for (;;) {
      const outcome = await untilReady(workloads, options, timeout);
      if (!outcome.ok) return outcome;
      if (!(await stayUp(workloads, options, timeout))) continue;
      await untilOldOnesAreLeft(workloads, options);
      return outcome;
    }
  } finally {
    over.abort(new Error('the rollout is over'));
    await Promise.all([accepting, reminding]);
  }
}

/** Waits until no pod of older content can be answering any more: it has ended, or is no longer sent anything. */
async function untilOldOnesAreLeft(
  workloads: readonly Workload[],
  { view, onProgress, signal }: TrackOptions,
): Promise<void> {
  const timeout = AbortSignal.timeout(PROXY_MS);
  const look = () => {
    const leaving = workloads.flatMap((workload) => workloadStatus(workload, view).leaving);
    if (leaving.length === 0) return true;
    onProgress('ending the old pods');
    return undefined;
  };
  try {
    await view.changed.until(look, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (!isAborted(error, timeout)) throw error;
  }
}

async function untilReady(
  workloads: readonly Workload[],
  options: TrackOptions,
  timeout: AbortSignal,
): Promise<RolloutOutcome> {
  const { view, onProgress, signal } = options;
  let startedAt: number | undefined;
  let pulledAt: number | undefined;
  let detail = '';
  let last: readonly WorkloadStatus[] = [];
  try {
    return await view.changed.until<RolloutOutcome | Promise<RolloutOutcome>>(
      () => {
        last = workloads.map((workload) => workloadStatus(workload, view));
        if (workloads.some((workload, index) => last[index]?.newest.some((pod) => isStarted(pod, workload)))) {
          startedAt ??= instant();
        }
        const pull = pullOf(workloads, last, view);
        if (pull === 'done' && startedAt === undefined) pulledAt ??= instant();
        if (last.every(({ newest, wanted }) => newest.length >= wanted && newest.every(hasStarted)))
          options.onStarted?.();
        const pending = last.find((status) => !status.done);
        if (pending === undefined) return { ok: true, pulledAt, startedAt, readyAt: instant() };
        const fatal = last.find((status) => status.diagnosis?.fatal);
        if (fatal?.diagnosis !== undefined) return failed(fatal.diagnosis, fatal.culprit, options);
        const why = pending.diagnosis?.message ?? (pull === 'begun' ? 'pulling the image' : undefined);
        const wording = why === undefined ? pending.detail : `${pending.detail}: ${why}`;
        if (wording !== detail) {
          detail = wording;
          onProgress(wording);
        }
        return undefined;
      },
      AbortSignal.any([signal, timeout]),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!isAborted(error, timeout)) throw error;
    return await timedOut(last, options);
  }
}

async function failed(
  diagnosis: Diagnosis,
  pod: KubernetesObject | undefined,
  { lastLines }: TrackOptions,
): Promise<RolloutOutcome> {
  const lines =
    pod === undefined || diagnosis.container === undefined
      ? []
      : await lastLines(pod, diagnosis.container, diagnosis.previous);
  return { ok: false, failure: diagnosisReport(diagnosis, lines) };
}

async function timedOut(statuses: readonly WorkloadStatus[], options: TrackOptions): Promise<RolloutOutcome> {
  const seconds = Math.round(options.timeoutMs / 1000);
  const worst = statuses.find((status) => status.diagnosis !== undefined) ?? statuses.find((status) => !status.done);
  if (worst?.diagnosis !== undefined) {
    const outcome = await failed(worst.diagnosis, worst.culprit, options);
    return outcome.ok ? outcome : { ok: false, failure: { ...outcome.failure, code: 'rollout/timeout' } };
  }
  return {
    ok: false,
    failure: {
      code: 'rollout/timeout',
      message: `It was not ready after ${seconds} s (${worst?.detail ?? 'no status'}).`,
      remedy:
        'See what it waits for: kubectl describe pod. A slow start needs a larger readyTimeoutSeconds in devloop.yaml.',
      evidence: [],
    },
  };
}

/** Whether all its containers have been started, whatever became of them. */
function hasStarted(pod: KubernetesObject): boolean {
  const statuses: { state?: { waiting?: object }; lastState?: { terminated?: object } }[] =
    pod['status']?.containerStatuses ?? [];
  return (
    statuses.length > 0 &&
    statuses.every(({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined)
  );
}

/** Whether its containers run the new content; in a swap, those that run may still be the old ones. */
function isStarted(pod: KubernetesObject, { expected }: Workload): boolean {
  const statuses: { state?: { running?: object } }[] = pod['status']?.containerStatuses ?? [];
  return (
    runsExpected(pod, expected) &&
    statuses.length > 0 &&
    statuses.every((status) => status.state?.running !== undefined)
  );
}
