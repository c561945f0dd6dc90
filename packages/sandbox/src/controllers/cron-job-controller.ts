import { EventRecorder, seconds } from '../events/event-recorder.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StatusError } from '../ports/status-error.ts';
import { isDue, parseCronSchedule } from '../resources/cron-schedule.ts';
import { ObjectQueue } from './object-queue.ts';
import { controllerOf, controllerReference, keyOf, nameOf } from './owned-objects.ts';

const RESOURCE = 'cronjobs.batch';
const JOBS = 'jobs.batch';
const MANAGER = 'kube-controller-manager';
const MINUTE_MS = 60_000;

/** Starts Jobs by the clock: pkg/controller/cronjob. What was due before it ran is not made up for. */
export class CronJobController implements Disposable {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #queue: ObjectQueue;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#events = new EventRecorder(store, { component: 'cronjob-controller' });
    this.#queue = new ObjectQueue(store, RESOURCE, (key) => this.#sync(key));
    this.#queue.listen(JOBS, (_change, job) => this.#queue.addOwner(job, 'CronJob'));
    this.#plan();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#queue[Symbol.dispose]();
  }

  /** Starts what is due in the minute that begins now. */
  startDue(now: Date): void {
    for (const cronJob of this.#store.list(RESOURCE)) {
      if (cronJob['spec'].suspend === true || cronJob.metadata.deletionTimestamp !== undefined) continue;
      if (this.#isDue(cronJob, now)) this.#start(cronJob, now);
    }
  }

  #plan(): void {
    this.#timer = setTimeout(
      () => {
        this.startDue(new Date());
        this.#plan();
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  }

  #isDue(cronJob: KubeObject, now: Date): boolean {
    const { schedule, timeZone } = cronJob['spec'];
    try {
      return isDue(parseCronSchedule(schedule), now, timeZone);
    } catch (error) {
      const reason = error instanceof RangeError ? 'UnknownTimeZone' : 'UnparseableSchedule';
      this.#events.record(
        cronJob,
        'Warning',
        reason,
        `unparseable schedule: ${JSON.stringify(schedule)} : ${(error as Error).message}`,
      );
      return false;
    }
  }

  #start(cronJob: KubeObject, now: Date): void {
    const active = this.#jobsOf(cronJob).filter((job) => endOf(job) === undefined);
    const { concurrencyPolicy = 'Allow' } = cronJob['spec'];
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#events.record(cronJob, 'Normal', 'JobAlreadyActive', why);
      return;
    }
    if (concurrencyPolicy === 'Replace') for (const job of active) this.#delete(cronJob, job);
    try {
      const { metadata } = this.#store.create(JOBS, jobOf(cronJob, now));
      this.#events.record(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${metadata.name}`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#events.record(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      return;
    }
    const lastScheduleTime = seconds(now.getTime());
    this.#writeStatus(cronJob, (status) => ({ ...status, lastScheduleTime }));
  }

  /** Takes note of Jobs that have come and ended, and deletes those that are too many. */
  #sync(key: string): void {
    const cronJob = this.#store.get(nameOf(RESOURCE, key));
    if (cronJob === undefined || cronJob.metadata.deletionTimestamp !== undefined) return;
    const jobs = this.#jobsOf(cronJob);
    const before: { name: string }[] = cronJob['status']?.active ?? [];
    for (const job of jobs) {
      const end = endOf(job);
      if (end === undefined || !before.some(({ name }) => name === job.metadata.name)) continue;
      const message = `Saw completed job: ${job.metadata.name}, condition: ${end}`;
      this.#events.record(cronJob, 'Normal', 'SawCompletedJob', message);
    }
    const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob['spec'];
    this.#trim(
      cronJob,
      jobs.filter((job) => endOf(job) === 'Complete'),
      successfulJobsHistoryLimit,
    );
    this.#trim(
      cronJob,
      jobs.filter((job) => endOf(job) === 'Failed'),
      failedJobsHistoryLimit,
    );
    const active = jobs.filter((job) => endOf(job) === undefined).map(referenceTo);
    const successes = jobs.map((job) => job['status']?.completionTime).filter((time) => time !== undefined);
    const lastSuccessfulTime = successes.sort().at(-1) ?? cronJob['status']?.lastSuccessfulTime;
    this.#writeStatus(cronJob, ({ active: _, ...status }) => ({
      ...status,
      ...(active.length > 0 && { active }),
      ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }),
    }));
  }

  #trim(cronJob: KubeObject, ended: readonly KubeObject[], limit: number): void {
    const oldestFirst = ended.toSorted((one, other) => (startOf(one) < startOf(other) ? -1 : 1));
    for (const job of oldestFirst.slice(0, Math.max(0, ended.length - limit))) this.#delete(cronJob, job);
  }

  #delete(cronJob: KubeObject, job: KubeObject): void {
    this.#store.delete(nameOf(JOBS, keyOf(job)), { propagationPolicy: 'Background' });
    this.#events.record(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
  }

  #jobsOf({ metadata: { namespace, uid } }: KubeObject): KubeObject[] {
    return this.#store.list(JOBS, namespace).filter((job) => controllerOf(job)?.uid === uid);
  }

  #writeStatus(cronJob: KubeObject, change: (status: Record<string, unknown>) => Record<string, unknown>): void {
    const name = nameOf(RESOURCE, keyOf(cronJob));
    this.#store.modify(name, (object) => ({ ...object, status: change(object['status'] ?? {}) }), MANAGER);
  }
}

/** The Job of a minute: getJobFromTemplate2. Its name makes it the only one. */
function jobOf(cronJob: KubeObject, now: Date): KubeObject {
  const { jobTemplate } = cronJob['spec'];
  const { name, namespace = 'default' } = cronJob.metadata;
  const minute = Math.floor(now.getTime() / MINUTE_MS);
  const { labels, annotations } = jobTemplate.metadata ?? {};
  const scheduled = seconds(minute * MINUTE_MS);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${name}-${minute}`,
      namespace,
      ...(labels && { labels }),
      annotations: { ...annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': scheduled },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: jobTemplate.spec,
  };
}

function endOf(job: KubeObject): 'Complete' | 'Failed' | undefined {
  const conditions: { type: 'Complete' | 'Failed'; status: string }[] = job['status']?.conditions ?? [];
  return conditions.find(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True')?.type;
}

function startOf(job: KubeObject): string {
  return job['status']?.startTime ?? job.metadata.creationTimestamp ?? '';
}

function referenceTo({ apiVersion, kind, metadata: { namespace, name, uid, resourceVersion } }: KubeObject): object {
  return { apiVersion, kind, namespace, name, uid, resourceVersion };
}
