import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import type { ClusterSession } from '../link/cluster-session.ts';
import { lastLines } from '../logs/pod-logs.ts';
import { diagnosisReport } from '../rollout/pod-diagnosis.ts';
import { untilOutlived } from '../rollout/unproven.ts';
import { type LiveObjects, type Workload, type WorkloadStatus, workloadStatus } from '../rollout/workload-status.ts';
import type { ServiceState } from '../state/daemon-state.ts';
import type { EventLog } from '../state/event-log.ts';
import { isPausedHold, isRolloutFailure } from '../state/reduce.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import type { TaskSet } from '../support/task-set.ts';

/** What is needed of a session: the cluster's objects, and the last words of containers. */
type ObservedSession = Pick<ClusterSession, 'api' | 'signal'> & { readonly view: LiveObjects };

/** Tells when what is live changes its health while nothing is done to it. */
export class LiveObserver {
  readonly #log: EventLog;
  readonly #tasks: TaskSet;
  /** What is about to be told of as degraded. */
  #lookingFor: string | undefined;
  readonly #again: () => void;
  readonly #signal: AbortSignal;
  #isWaiting = false;
  /** Starts of containers of which it has been waited out whether they outlive the run before. */
  #waitedOut = '';

  /**
   * @param tasks owns what goes on after a look
   * @param again told when there is a reason for a look of which the cluster does not tell
   */
  constructor(log: EventLog, tasks: TaskSet, again: () => void, signal: AbortSignal) {
    this.#log = log;
    this.#tasks = tasks;
    this.#again = again;
    this.#signal = signal;
  }

  /** Compares what runs with what was live. */
  look(service: string, workloads: readonly Workload[], session: ObservedSession | undefined): void {
    const state = this.#log.state.services.get(service);
    if (state === undefined || session === undefined || workloads.length === 0 || !isLeftAlone(state)) return;
    const statuses = workloads.map((workload) => workloadStatus(workload, session.view));
    const wrong = statuses.find((status) => !status.done);
    if (wrong === undefined) {
      const restarted = isRolloutFailure(state.failure) ? statuses.flatMap(({ newest }) => newest) : [];
      const leftMs = Math.max(0, ...restarted.map((pod) => untilOutlived(pod, instant())));
      const starts = restarted.map(startsOf).join();
      if (leftMs > 0 && starts !== this.#waitedOut) this.#lookLater(leftMs, starts);
      else if (state.degraded !== undefined || isRolloutFailure(state.failure))
        this.#log.dispatch({ type: 'service-recovered', service });
      return;
    }
    const failure = degradation(state, wrong);
    if (failure === undefined) return;
    if (state.degraded?.message === failure.message || this.#lookingFor === failure.message) return;
    this.#lookingFor = failure.message;
    this.#tasks.add(this.#tellDegraded(service, failure, wrong, session, state.attemptedRevision));
  }

  /** @param starts what counts as waited out then: by a node's clock that is ahead, it would never be */
  #lookLater(ms: number, starts: string): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const waited = delay(ms, this.#signal).then(
      () => {
        this.#isWaiting = false;
        this.#waitedOut = starts;
        this.#again();
      },
      () => undefined, // the service is no longer looked after
    );
    this.#tasks.add(waited);
  }

  /** Tells of what no longer is live, with the last words of the container at fault, unless a pass has begun since. */
  async #tellDegraded(
    service: string,
    failure: ErrorReport,
    { diagnosis, culprit }: WorkloadStatus,
    { api, signal }: ObservedSession,
    revision: number,
  ): Promise<void> {
    try {
      const evidence =
        culprit === undefined || diagnosis?.container === undefined
          ? []
          : await lastLines(api, culprit, diagnosis.container, diagnosis.previous, signal);
      const state = this.#log.state.services.get(service);
      if (state === undefined || !isLeftAlone(state) || state.attemptedRevision !== revision) return;
      this.#log.dispatch({ type: 'service-degraded', service, failure: { ...failure, evidence } });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#lookingFor = undefined;
    }
  }
}

/** Tells the present runs of a pod's containers from those before. */
function startsOf(pod: KubernetesObject): string {
  const statuses: { name: string; restartCount: number }[] = pod['status']?.containerStatuses ?? [];
  return [pod.metadata.uid, ...statuses.map(({ name, restartCount }) => `${name}=${restartCount}`)].join(' ');
}

/**
 * Why what was live no longer is, while nothing is done to it; undefined where it is, or a failure says more.
 *
 * @param wrong a workload of it that is not done
 */
export function degradation(state: ServiceState, wrong: WorkloadStatus | undefined): ErrorReport | undefined {
  if (!isLeftAlone(state) || state.failure !== undefined || state.liveRevision < state.attemptedRevision)
    return undefined;
  if (wrong === undefined) return undefined;
  if (wrong.diagnosis !== undefined) return diagnosisReport(wrong.diagnosis, []);
  return {
    code: 'rollout/failed',
    message: `What was live no longer is: ${wrong.detail}.`,
    remedy: `If it does not come back by itself: devloop rebuild ${state.name}`,
    evidence: [],
  };
}

/** Whether no pass runs or is about to: one that is paused stays as it is, whatever was saved. */
function isLeftAlone({ activity, seenRevision, attemptedRevision }: ServiceState): boolean {
  return isPausedHold(activity) || (activity.is === 'idle' && seenRevision <= attemptedRevision);
}
