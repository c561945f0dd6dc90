import { EventRecorder, seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { createPod, deletePod, podFromTemplate } from './create-pod.ts';
import { ObjectQueue } from './object-queue.ts';
import { controllerOf, nameOf } from './owned-objects.ts';
import { isActive, isReady } from './pod-state.ts';

const RESOURCE = 'jobs.batch';
const MANAGER = 'kube-controller-manager';
const RETRY_MS = 1000;
/** Between the pods of a Job that fails: pkg/controller/job's DefaultJobPodFailureBackOff, doubled up to ten minutes. */
const BACK_OFF_MS = { first: 10_000, most: 600_000 };

interface Verdict {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

interface Tally {
  readonly active: readonly KubeObject[];
  readonly succeeded: number;
  readonly failed: number;
  /** When the last pod failed, in ms since the epoch. */
  readonly lastFailure: number;
}

/** Runs pods to their end, as often as it takes: pkg/controller/job. */
export class JobController implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue: ObjectQueue;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: 'job-controller' });
    this.#queue = new ObjectQueue(store, RESOURCE, (key) => this.#sync(key));
    this.#queue.listen('pods', (_change, pod) => this.#queue.addOwner(pod, 'Job'));
  }

  [Symbol.dispose](): void {
    this.#queue[Symbol.dispose]();
  }

  #sync(key: string): void {
    const job = this.#store.get(nameOf(RESOURCE, key));
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
    if (isFinished(job)) {
      this.#expire(key, job);
      return;
    }
    const now = Date.now();
    const tally = this.#tally(job);
    const startTime: string | undefined = job['spec'].suspend ? undefined : (job['status']?.startTime ?? seconds(now));
    const verdict = verdictOf(job, tally, startTime, now);
    try {
      if (verdict !== undefined || job['spec'].suspend) {
        for (const pod of tally.active) deletePod(this.#store, this.#events, job, pod);
      } else {
        this.#scale(key, job, tally, now);
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#queue.addAfter(key, RETRY_MS);
    }
    const { activeDeadlineSeconds } = job['spec'];
    if (verdict === undefined && startTime !== undefined && activeDeadlineSeconds !== undefined) {
      this.#queue.addAfter(key, Date.parse(startTime) + activeDeadlineSeconds * 1000 - now);
    }
    this.#writeStatus(key, job, startTime, verdict);
  }

  #podsOf(job: KubeObject): KubeObject[] {
    const { namespace, uid } = job.metadata;
    return this.#store.list('pods', namespace).filter((pod) => controllerOf(pod)?.uid === uid);
  }

  #tally(job: KubeObject): Tally {
    const pods = this.#podsOf(job);
    const failures = pods.filter(({ status }) => status?.phase === 'Failed');
    const restarts = pods.filter(isActive).reduce((sum, pod) => sum + restartsOf(pod), 0);
    const isOnFailure = job['spec'].template.spec.restartPolicy === 'OnFailure';
    return {
      active: pods.filter(isActive),
      succeeded: pods.filter(({ status }) => status?.phase === 'Succeeded').length,
      failed: failures.length + (isOnFailure ? restarts : 0),
      lastFailure: Math.max(0, ...failures.map(endOf)),
    };
  }

  #scale(key: string, job: KubeObject, { active, succeeded, failed, lastFailure }: Tally, now: number): void {
    const { parallelism = 1, completions } = job['spec'];
    // Without `completions` the first success ends the work: no more pods are made.
    const left = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : completions - succeeded;
    const wanted = Math.max(0, Math.min(parallelism, left));
    for (const pod of active.slice(wanted)) deletePod(this.#store, this.#events, job, pod);
    const missing = wanted - active.length;
    if (missing <= 0) return;
    const delay = failed === 0 ? 0 : Math.min(BACK_OFF_MS.first * 2 ** (failed - 1), BACK_OFF_MS.most);
    if (lastFailure > 0 && lastFailure + delay > now) {
      this.#queue.addAfter(key, lastFailure + delay - now);
      return;
    }
    const { name, uid = '' } = job.metadata;
    const labels = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    for (let pod = 0; pod < missing; pod++) {
      createPod(this.#store, this.#events, job, podFromTemplate(job, { labels }));
    }
  }

  #writeStatus(key: string, job: KubeObject, startTime: string | undefined, verdict: Verdict | undefined): void {
    const { active, succeeded, failed } = this.#tally(job);
    const now = seconds(Date.now());
    const conditions =
      verdict === undefined ? [] : [{ ...verdict, status: 'True', lastProbeTime: now, lastTransitionTime: now }];
    const isComplete = verdict?.type === 'Complete';
    const status = {
      ...(startTime !== undefined && { startTime }),
      ...(conditions.length > 0 && { conditions }),
      ...(isComplete && { completionTime: now }),
      ...(active.length > 0 && { active: active.length }),
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      terminating: 0,
      ready: active.filter(isReady).length,
      uncountedTerminatedPods: {},
    };
    this.#store.modify(nameOf(RESOURCE, key), (object) => ({ ...object, status }), MANAGER);
    if (isComplete) this.#events.record(job, 'Normal', 'Completed', 'Job completed');
    else if (verdict !== undefined) this.#events.record(job, 'Warning', verdict.reason, verdict.message);
  }

  /** pkg/controller/ttlafterfinished */
  #expire(key: string, job: KubeObject): void {
    const { ttlSecondsAfterFinished } = job['spec'];
    if (ttlSecondsAfterFinished === undefined) return;
    const conditions: { lastTransitionTime: string }[] = job['status']?.conditions ?? [];
    const finished = Math.max(...conditions.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime)));
    const left = finished + ttlSecondsAfterFinished * 1000 - Date.now();
    if (left > 0) this.#queue.addAfter(key, left);
    else this.#store.delete(nameOf(RESOURCE, key), { propagationPolicy: 'Foreground' });
  }
}

function verdictOf(job: KubeObject, tally: Tally, startTime: string | undefined, now: number): Verdict | undefined {
  const { completions, backoffLimit = 6, activeDeadlineSeconds } = job['spec'];
  if (tally.failed > backoffLimit) {
    const message = 'Job has reached the specified backoff limit';
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message };
  }
  if (startTime !== undefined && activeDeadlineSeconds !== undefined) {
    if (now - Date.parse(startTime) >= activeDeadlineSeconds * 1000) {
      const message = 'Job was active longer than specified deadline';
      return { type: 'Failed', reason: 'DeadlineExceeded', message };
    }
  }
  const isDone =
    completions === undefined ? tally.succeeded > 0 && tally.active.length === 0 : tally.succeeded >= completions;
  if (!isDone) return undefined;
  const message = 'Reached expected number of succeeded pods';
  return { type: 'Complete', reason: 'CompletionsReached', message };
}

function isFinished(job: KubeObject): boolean {
  const conditions: { type: string; status: string }[] = job['status']?.conditions ?? [];
  return conditions.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
}

function restartsOf(pod: KubeObject): number {
  const statuses: { restartCount?: number }[] = pod['status']?.containerStatuses ?? [];
  return statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

function endOf(pod: KubeObject): number {
  const statuses: { state?: { terminated?: { finishedAt?: string } } }[] = pod['status']?.containerStatuses ?? [];
  return Math.max(0, ...statuses.map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? '') || 0));
}
