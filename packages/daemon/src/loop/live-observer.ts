import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { ClusterSession } from '../link/cluster-session.ts';
import { lastLines } from '../logs/pod-logs.ts';
import { diagnosisReport } from '../rollout/pod-diagnosis.ts';
import { type Workload, type WorkloadStatus, workloadStatus } from '../rollout/workload-status.ts';
import type { ServiceState } from '../state/daemon-state.ts';
import type { EventLog } from '../state/event-log.ts';
import { isPausedHold, isRolloutFailure } from '../state/reduce.ts';
import type { TaskSet } from '../support/task-set.ts';

/** Tells when what is live changes its health while nothing is done to it. */
export class LiveObserver {
  readonly #log: EventLog;
  readonly #tasks: TaskSet;
  /** What is about to be told of as degraded. */
  #lookingFor: string | undefined;

  constructor(log: EventLog, tasks: TaskSet) {
    this.#log = log;
    this.#tasks = tasks;
  }

  /** Compares what runs with what was live. */
  look(service: string, workloads: readonly Workload[], session: ClusterSession | undefined): void {
    const state = this.#log.state.services.get(service);
    if (state === undefined || session === undefined || workloads.length === 0 || !isLeftAlone(state)) return;
    const statuses = workloads.map((workload) => workloadStatus(workload, session.view));
    const wrong = statuses.find((status) => !status.done);
    if (wrong === undefined) {
      if (state.degraded !== undefined || isRolloutFailure(state.failure))
        this.#log.dispatch({ type: 'service-recovered', service });
      return;
    }
    const failure = degradation(state, wrong);
    if (failure === undefined) return;
    if (state.degraded?.message === failure.message || this.#lookingFor === failure.message) return;
    this.#lookingFor = failure.message;
    this.#tasks.add(this.#tellDegraded(service, failure, wrong, session, state.attemptedRevision));
  }

  /** Tells of what no longer is live, with the last words of the container at fault, unless a pass has begun since. */
  async #tellDegraded(
    service: string,
    failure: ErrorReport,
    { diagnosis, culprit }: WorkloadStatus,
    { api, signal }: ClusterSession,
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
