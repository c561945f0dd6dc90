import { expect, test } from 'vitest';
import { eventObject, FakeLiveObjects, ID, podObject } from '../rollout/live-objects.fake.ts';
import type { Workload } from '../rollout/workload-status.ts';
import { initialService } from '../state/daemon-state.ts';
import { toDetail } from './to-detail.ts';

const workload: Workload = {
  kind: 'Pod',
  namespace: 'shop',
  name: 'web',
  generation: 0,
  expected: new Map([['main', { reference: 'web:2', imageId: ID.two }]]),
};
const detail = (...objects: Parameters<typeof podObject>[1][]) =>
  toDetail(initialService('web'), {
    view: new FakeLiveObjects(
      ...objects.map((options) => podObject('web', options)),
      eventObject('web', 'Unhealthy', 'it does not answer', 3),
    ),
    workloads: [workload],
    applied: [],
  });

test('a pod is told with its conditions, containers and events', () => {
  const { workloads, pods } = detail({ image: 'web:2', imageId: ID.two });
  expect(workloads).toEqual([{ kind: 'Pod', namespace: 'shop', name: 'web', wanted: 1, ready: 1 }]);
  expect(pods).toMatchObject([
    {
      name: 'web',
      newest: true,
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: 'True' },
      ],
      containers: [{ name: 'main', init: false, image: 'web:2', content: 'newest', state: 'running', ready: true }],
      events: [{ type: 'Warning', reason: 'Unhealthy', message: 'it does not answer', count: 3 }],
    },
  ]);
});

test('a container of another content says so', () => {
  const content = (...pods: Parameters<typeof podObject>[1][]) => detail(...pods).pods[0]?.containers[0]?.content;
  expect(content({ image: 'web:1', imageId: ID.one })).toBe('older');
  // the swap has been asked for and the old container still runs
  expect(content({ image: 'web:2', imageId: ID.one })).toBe('older');
  const spec = { containers: [{ name: 'proxy', image: 'envoy:1', ports: [{ containerPort: 80, name: 'http' }] }] };
  const foreign = detail({ image: 'envoy:1', spec }).pods[0]?.containers[0];
  expect(foreign).toMatchObject({ content: 'foreign', ports: [{ port: 80, name: 'http' }] });
});

test('a container that crashed tells why and when it ran', () => {
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  const lastState = { terminated: { exitCode: 1, reason: 'Error', startedAt: '2026-01-01T00:00:00Z' } };
  expect(detail({ state, lastState, restarts: 4 }).pods[0]?.containers[0]).toMatchObject({
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    exitCode: 1,
    startedAt: '2026-01-01T00:00:00Z',
    restarts: 4,
  });
});

test('without a cluster there is the history only', () => {
  const nothing = toDetail(initialService('web'), { view: undefined, workloads: [workload], applied: [] });
  expect(nothing).toEqual({ service: 'web', workloads: [], pods: [], passes: [], config: '' });
});
