import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { ExpectedByImage } from './expected-images.ts';
import { FakeLiveObjects, ID, podObject, workloadObject } from './live-objects.fake.ts';
import { type TrackedKind, type Workload, workloadStatus } from './workload-status.ts';

const expected = new Map([['main', { reference: 'web:1', imageId: ID.one }]]);

function statusOf(kind: TrackedKind, ...objects: KubernetesObject[]) {
  const workload: Workload = { kind, namespace: 'shop', name: 'web', generation: 1, expected };
  return workloadStatus(workload, new FakeLiveObjects(...objects));
}

const set = (name: string, revision: number, image = 'web:1') =>
  workloadObject('ReplicaSet', name, {
    owner: 'web',
    image,
    metadata: { annotations: { 'deployment.kubernetes.io/revision': String(revision) } },
  });

describe('a custom resource', () => {
  const present = new ExpectedByImage([{ reference: 'web:1', imageId: ID.one }]);
  const statusWith = (pods: 'wanted' | 'if-any' | 'none', ...objects: KubernetesObject[]) =>
    workloadStatus(
      {
        kind: 'Rollout',
        namespace: 'shop',
        name: 'web',
        generation: 1,
        expected: present,
        resource: { apiVersion: 'example.com/v1', uid: 'uid-web', pods },
      },
      new FakeLiveObjects(...objects),
    );
  const newest = set('new', 0);
  const older = (replicas: number) => workloadObject('ReplicaSet', 'old', { owner: 'web', image: 'web:0', replicas });
  const ready = podObject('a', { owner: 'new' });
  const left = podObject('b', { owner: 'old', image: 'web:0' });

  test.each<['wanted' | 'if-any' | 'none', boolean, string]>([
    ['wanted', false, 'waiting for pods of Rollout web'],
    ['if-any', true, 'applied'],
    ['none', true, 'applied'],
  ])('without anything made of it, where pods are %s', (pods, done, detail) => {
    const stranger = podObject('x', { owner: 'somebody' });
    expect(statusWith(pods, stranger)).toMatchObject({ done, detail, pods: [], wanted: 0 });
  });

  test.each<[string, object, boolean, object | undefined]>([
    ['is ready', { conditions: [{ type: 'Ready', status: 'True' }] }, true, undefined],
    [
      'is not ready',
      { conditions: [{ type: 'Ready', status: 'False', reason: 'NoRoute' }] },
      false,
      { message: 'Rollout web is not ready: Ready is False: NoRoute.', fatal: false },
    ],
    ['is stuck', { conditions: [{ type: 'Stalled', status: 'True' }] }, false, { fatal: true }],
    ['says nothing', {}, true, undefined],
  ])('is as it says itself: it %s', (_, status, done, diagnosis) => {
    const itself = workloadObject('Rollout', 'web', { status });
    for (const made of [[], [newest, ready]]) {
      const is = statusWith('if-any', itself, ...made);
      expect(is.done).toBe(done);
      if (diagnosis === undefined) expect(is.diagnosis).toBeUndefined();
      else expect(is.diagnosis).toMatchObject(diagnosis);
    }
    expect(statusWith('none', itself).done).toBe(true);
  });

  test('is not there any more when another has its name', () => {
    const another = workloadObject('Rollout', 'web', { metadata: { uid: 'uid-another' } });
    expect(statusWith('if-any', another)).toMatchObject({ done: false, detail: 'waiting for Rollout web' });
  });

  test('is done when what was made of it serves, and nothing of the content before is left', () => {
    expect(statusWith('if-any', older(1), left)).toMatchObject({
      done: false,
      detail: 'waiting for its controller',
      pods: [left],
      wanted: 1,
    });
    expect(statusWith('if-any', older(0))).toMatchObject({ done: false, detail: 'waiting for its controller' });
    expect(statusWith('if-any', older(1), left, newest)).toMatchObject({ done: false, detail: 'ready 0/1' });
    expect(statusWith('if-any', older(1), left, newest, ready)).toMatchObject({
      done: false,
      detail: 'ending the old pods',
    });
    expect(statusWith('if-any', older(0), newest, ready)).toMatchObject({
      done: true,
      detail: 'ready 1/1',
      newest: [ready],
      ready: 1,
      wanted: 1,
    });
    expect(statusWith('none', older(1), left)).toMatchObject({ done: true, detail: 'applied' });
  });

  test('is as several workloads of several images are, by whatever name their containers go', () => {
    const deployment = workloadObject('Deployment', 'api', {
      owner: 'web',
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } },
    });
    const own = workloadObject('ReplicaSet', 'api-1', {
      owner: 'api',
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } },
    });
    const redis = workloadObject('StatefulSet', 'redis', { owner: 'web', image: 'redis:7' });
    const pods = [podObject('api-1-x', { owner: 'api-1' }), podObject('redis-0', { owner: 'redis', image: 'redis:7' })];
    expect(statusWith('wanted', deployment, own, redis, ...pods)).toMatchObject({ done: true, ready: 2, wanted: 2 });
    expect(statusWith('wanted', deployment, own, redis, pods[0] as KubernetesObject)).toMatchObject({
      done: false,
      detail: 'ready 1/2',
    });
  });

  test('has what is wrong with its pods', () => {
    const crashing = podObject('a', {
      owner: 'web',
      ready: false,
      restarts: 3,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(statusWith('if-any', crashing)).toMatchObject({
      done: false,
      diagnosis: { fatal: true },
      culprit: { metadata: { name: 'a' } },
    });
  });
});

describe('a Deployment', () => {
  const deployment = workloadObject('Deployment', 'web', { replicas: 2 });
  const newest = set('new', 10);
  const older = set('old', 9, 'web:0');
  const pod = (name: string, options: Parameters<typeof podObject>[1] = {}) =>
    podObject(name, { owner: 'new', ...options });

  test('is done when all of its pods are ready with what is expected, and no other is left', () => {
    const both = [pod('a'), pod('b')];
    expect(statusOf('Deployment', deployment, newest, older, ...both)).toMatchObject({
      done: true,
      detail: 'ready 2/2',
    });
    const left = podObject('c', { owner: 'old', image: 'web:0' });
    expect(statusOf('Deployment', deployment, newest, older, ...both, left)).toMatchObject({
      done: false,
      detail: 'ending the old pods',
    });
    const ending = podObject('c', { owner: 'old', image: 'web:0', deleted: true });
    const ended = statusOf('Deployment', deployment, newest, older, ...both, ending);
    expect(ended.done).toBe(true);
    // it may still be sent connections, so that the new content is not yet all that serves
    expect(ended.leaving).toEqual([ending]);
  });

  test.each<[string, KubernetesObject[]]>([
    ['that is not there', []],
    [
      'whose controller has not seen it',
      [workloadObject('Deployment', 'web', { metadata: { generation: 2 } }), newest, pod('a')],
    ],
    ['of the past', [workloadObject('Deployment', 'web', { metadata: { generation: 0 } }), newest, pod('a')]],
    [
      'whose newest ReplicaSet is not yet known',
      [
        workloadObject('Deployment', 'web', {
          replicas: 2,
          metadata: { annotations: { 'deployment.kubernetes.io/revision': '11' } },
        }),
        newest,
        pod('a'),
        pod('b'),
      ],
    ],
    ['with a pod too few', [deployment, newest, pod('a')]],
    ['with a pod that is not ready', [deployment, newest, pod('a'), pod('b', { ready: false })]],
    ['with a pod of other content', [deployment, newest, pod('a'), pod('b', { imageId: ID.two })]],
  ])('%s is not done', (_what, objects) => {
    expect(statusOf('Deployment', ...objects).done).toBe(false);
  });

  test('pods that ended long ago do not count once others took their place', () => {
    const evicted = (name: string, owner: string) =>
      podObject(name, { owner, ready: false, phase: 'Failed', status: { reason: 'Evicted', containerStatuses: [] } });
    const objects = [deployment, newest, older, evicted('x', 'new'), evicted('y', 'old')];
    expect(statusOf('Deployment', ...objects, pod('a'), pod('b'))).toMatchObject({ done: true, diagnosis: undefined });
    expect(statusOf('Deployment', ...objects, pod('a')).diagnosis).toMatchObject({ code: 'evicted' });
  });

  test('tells a fatal diagnosis before one that may pass, with the pod', () => {
    const crashed = pod('a', { ready: false, state: { terminated: { exitCode: 1 } } });
    const missing = pod('b', { ready: false, state: { waiting: { reason: 'ErrImagePull' } } });
    const status = statusOf('Deployment', deployment, newest, crashed, missing);
    expect(status).toMatchObject({ diagnosis: { code: 'image-missing', fatal: true }, culprit: missing });
  });

  test('whose pods the cluster refuses', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
    const refused = workloadObject('Deployment', 'web', { status: { conditions } });
    expect(statusOf('Deployment', refused, newest).diagnosis).toMatchObject({ code: 'pods-refused', fatal: true });
  });

  test('of no replicas is done when none is left', () => {
    expect(statusOf('Deployment', workloadObject('Deployment', 'web', { replicas: 0 }), newest).done).toBe(true);
  });
});

describe('a StatefulSet and a DaemonSet', () => {
  test('are not done while pods have an older template, even with the same image', () => {
    const pod = (hash: string) => podObject('web-0', { owner: 'web', labels: { 'controller-revision-hash': hash } });
    const stateful = workloadObject('StatefulSet', 'web', { status: { updateRevision: 'web-2' } });
    expect(statusOf('StatefulSet', stateful, pod('web-1')).done).toBe(false);
    expect(statusOf('StatefulSet', stateful, pod('web-2')).done).toBe(true);
    const annotations = { 'deprecated.daemonset.template.generation': '2' };
    const daemons = workloadObject('DaemonSet', 'web', {
      metadata: { annotations },
      status: { desiredNumberScheduled: 1 },
    });
    const daemon = (generation: string) =>
      podObject('web-x', { owner: 'web', labels: { 'pod-template-generation': generation } });
    expect(statusOf('DaemonSet', daemons, daemon('1')).done).toBe(false);
    expect(statusOf('DaemonSet', daemons, daemon('2')).done).toBe(true);
  });

  test('are not done while pods have an older image', () => {
    const stateful = workloadObject('StatefulSet', 'web');
    expect(statusOf('StatefulSet', stateful, podObject('web-0', { owner: 'web', image: 'web:0' })).done).toBe(false);
    expect(statusOf('StatefulSet', stateful, podObject('web-0', { owner: 'web' })).done).toBe(true);
  });
});

test('a bare Pod', () => {
  expect(statusOf('Pod', podObject('web'))).toMatchObject({ done: true, detail: 'ready 1/1' });
  expect(statusOf('Pod', podObject('web', { ready: false })).done).toBe(false);
  expect(statusOf('Pod', podObject('web', { deleted: true })).done).toBe(false);
  expect(statusOf('Pod', podObject('web', { ready: false, phase: 'Succeeded' }))).toMatchObject({
    done: true,
    detail: 'completed',
  });
});

test('a Job ends by its own verdict', () => {
  const job = (status: object) => workloadObject('Job', 'web', { status });
  const crashed = podObject('web-1', { owner: 'web', ready: false, state: { terminated: { exitCode: 1 } } });
  expect(statusOf('Job', job({}), crashed)).toMatchObject({ done: false, diagnosis: { fatal: false } });
  const failed = job({ conditions: [{ type: 'Failed', status: 'True', message: 'BackoffLimitExceeded' }] });
  expect(statusOf('Job', failed, crashed)).toMatchObject({ done: false, diagnosis: { fatal: true } });
  expect(statusOf('Job', failed).diagnosis?.message).toContain('BackoffLimitExceeded');
  const complete = job({ succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] });
  expect(statusOf('Job', complete)).toMatchObject({ done: true, detail: 'completed 1/1' });
  // which one that is gone has had, or has not: `ttlSecondsAfterFinished` takes it away
  const gone: Workload = { kind: 'Job', namespace: 'shop', name: 'web', generation: 1, expected };
  expect(workloadStatus(gone, new FakeLiveObjects()).done).toBe(false);
  expect(workloadStatus({ ...gone, completed: true }, new FakeLiveObjects())).toMatchObject({
    done: true,
    detail: 'completed',
  });
});
