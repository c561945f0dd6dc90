import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { Bell } from '../support/bell.ts';
import { FakeLiveObjects, podObject } from './live-objects.fake.ts';
import { forgetsStarts, remindOfStarts } from './remind-of-starts.ts';

test.each([
  ['v1.20.2', true],
  ['v1.19.16+k3s1', true],
  ['v1.21.0', false],
  ['v1.32.4', false],
  ['what is this', false],
])('kubelets of %s', (version, forget) => {
  expect(forgetsStarts(version)).toBe(forget);
});

interface Told {
  readonly name: string;
  readonly id?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly probes?: object;
}

function pod({
  name,
  id = name,
  ready = false,
  started = true,
  probes = { startupProbe: {} },
}: Told): KubernetesObject {
  const containers = [{ name: 'main', image: 'web:1', ...probes }];
  const object = podObject(name, { ready, spec: { containers } });
  Object.assign(object['status'].containerStatuses[0], { started, containerID: `docker://${id}` });
  return object;
}

/** Which pods are touched, until `last` is. */
async function touchedUntil(last: string, ...pods: KubernetesObject[]): Promise<string[]> {
  const view = Object.assign(new FakeLiveObjects(...pods), { changed: new Bell() });
  const workloads = pods.map(({ metadata: { name } }) => ({
    kind: 'Pod' as const,
    namespace: 'shop',
    name,
    generation: 0,
    expected: new Map(),
  }));
  const over = new AbortController();
  const touched: string[] = [];
  const touch = async ({ metadata: { name } }: KubernetesObject) => {
    touched.push(name);
    view.changed.ring(); // nothing else has changed
    if (name === last) over.abort();
  };
  await remindOfStarts(workloads, view, touch, over.signal);
  return touched;
}

test('each container that has started and is not called ready, once, and no other', async () => {
  const pods = [
    pod({ name: 'ready', ready: true }),
    pod({ name: 'starting', started: false }),
    pod({ name: 'probed-further', probes: { startupProbe: {}, readinessProbe: {} } }),
    pod({ name: 'not-probed', probes: {} }),
    pod({ name: 'forgotten' }),
    pod({ name: 'last' }),
  ];
  expect(await touchedUntil('last', ...pods)).toEqual(['forgotten', 'last']);
});
