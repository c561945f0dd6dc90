import { expect, test } from 'vitest';
import type { KubeObject } from '../ports/kube-object.ts';
import { FakeObjectStore } from '../ports/object-store.fake.ts';
import { CronJobController } from './cron-job-controller.ts';

const MINUTE = new Date('2026-03-04T05:00:00Z');
const later = (minutes: number) => new Date(MINUTE.getTime() + minutes * 60_000);

function open(spec: object = {}) {
  const store = new FakeObjectStore();
  const jobTemplate = { metadata: { labels: { of: 'cron' } }, spec: { template: { spec: { containers: [] } } } };
  store.create('cronjobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tidy', namespace: 'shop' },
    spec: { schedule: '*/2 * * * *', jobTemplate, ...spec },
  });
  const controller = new CronJobController(store);
  const name = { resource: 'cronjobs.batch', namespace: 'shop', name: 'tidy' };
  return {
    store,
    controller,
    jobs: () => store.list('jobs.batch').map(({ metadata }) => metadata.name),
    status: () => store.get(name)?.['status'] ?? {},
    events: () => store.list('events').map((event) => [event['reason'], event['message']]),
    end(job: string, type: 'Complete' | 'Failed') {
      const ended = (object: KubeObject) => ({
        ...object,
        status: { conditions: [{ type, status: 'True' }], completionTime: '2026-03-04T05:00:30Z' },
      });
      store.modify({ resource: 'jobs.batch', namespace: 'shop', name: job }, ended);
    },
    [Symbol.dispose]: () => controller[Symbol.dispose](),
  };
}

test('a Job is started in each minute that is due', () => {
  using cron = open();
  for (const minute of [0, 1, 2, 3]) cron.controller.startDue(later(minute));
  expect(cron.jobs()).toEqual(['tidy-29543340', 'tidy-29543342']);
  const [job] = cron.store.list('jobs.batch');
  expect(job).toMatchObject({
    metadata: {
      labels: { of: 'cron' },
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-03-04T05:00:00Z' },
      ownerReferences: [{ kind: 'CronJob', name: 'tidy', controller: true }],
    },
  });
  expect(cron.status().lastScheduleTime).toBe('2026-03-04T05:02:00Z');
  expect(cron.events()).toContainEqual(['SuccessfulCreate', 'Created job tidy-29543340']);
});

test('one that is suspended waits', () => {
  using cron = open({ suspend: true });
  cron.controller.startDue(MINUTE);
  expect(cron.jobs()).toEqual([]);
});

test.each([
  ['Allow', ['tidy-29543340', 'tidy-29543342'], 'SuccessfulCreate'],
  ['Forbid', ['tidy-29543340'], 'JobAlreadyActive'],
  ['Replace', ['tidy-29543342'], 'SuccessfulDelete'],
])('while one runs, the policy is %s', (concurrencyPolicy, jobs, reason) => {
  using cron = open({ concurrencyPolicy });
  for (const minute of [0, 2]) cron.controller.startDue(later(minute));
  expect(cron.jobs()).toEqual(jobs);
  expect(cron.events().map(([told]) => told)).toContain(reason);
});

test('what has ended is told and, of each kind, the last are kept', async () => {
  using cron = open({ successfulJobsHistoryLimit: 1 });
  for (const minute of [0, 2, 4]) cron.controller.startDue(later(minute));
  await expect.poll(() => cron.status().active).toHaveLength(3);
  cron.end('tidy-29543340', 'Complete');
  await expect.poll(() => cron.status().active).toHaveLength(2);
  cron.end('tidy-29543342', 'Complete');
  cron.end('tidy-29543344', 'Failed');
  await expect.poll(cron.jobs).toEqual(['tidy-29543342', 'tidy-29543344']);
  await expect.poll(() => cron.status().active).toBeUndefined();
  expect(cron.status().lastSuccessfulTime).toBe('2026-03-04T05:00:30Z');
  expect(cron.events()).toContainEqual(['SawCompletedJob', 'Saw completed job: tidy-29543344, condition: Failed']);
});

test('a schedule that is none is told', () => {
  using cron = open({ schedule: 'often' });
  cron.controller.startDue(MINUTE);
  expect(cron.events()).toEqual([
    ['UnparseableSchedule', 'unparseable schedule: "often" : expected exactly 5 fields, found 1: [often]'],
  ]);
});
