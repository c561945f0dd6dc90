import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { sampleUntil } from '../rig/sample-until.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

test('a Service that somebody deleted comes back with a rebuild', async ({ rig }) => {
  await rig.kube.delete('services', rig.namespace, 'hello');
  const since = rig.mark();
  await rig.devloop(['rebuild', 'hello']);
  await rig.event(passEnded('hello', 'live'), since);
  expect(await rig.names('services')).toContain('services/hello');
  await rig.serves('hello', /./);
});

test('a pod that is deleted comes back with the newest image, and status tells the truth meanwhile', async ({
  rig,
}) => {
  const message = unique('newest');
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', message);
  const ended = await rig.event(passEnded('hello', 'live'), since);
  const [pod] = await rig.pods('app=hello');

  await rig.deletePod(pod.metadata.name);
  let settled = false;
  const untrue: unknown[] = [];
  const isSettled = () => settled;
  await sampleUntil(isSettled, async () => {
    const service = await rig.service('hello');
    const ready = service.pods.filter((candidate) => candidate.ready);
    if (service.liveness === 'live' && ready.length === 0) untrue.push(service);
    const names = service.pods.map((candidate) => candidate.name);
    settled = service.liveness === 'live' && ready.length === 1 && !names.includes(pod.metadata.name);
  });
  expect(untrue).toEqual([]);
  await rig.serves('hello', message);
  const [fresh] = await rig.pods('app=hello');
  expect(fresh.metadata.uid).not.toBe(pod.metadata.uid);
  expect(fresh.spec.containers[0].image).toBe(ended.image);
  const service = await rig.service('hello');
  expect(service.pods).toEqual([expect.objectContaining({ name: fresh.metadata.name, ready: true, newest: true })]);
  expect(service.liveImage).toBe(ended.image);

  // and the loop goes on with the pod that is there now
  const next = unique('next');
  const saved = rig.mark();
  await rig.writeAtomic('hello/message.txt', next);
  await rig.event(passEnded('hello', 'live'), saved);
  await rig.serves('hello', next);
});

test('a namespace that is missing is made, and again for the next save after somebody deleted it with all that was in it', async () => {
  await using rig = await openRig('hello-service', { namespace: 'missing' });
  await rig.start();
  expect((await rig.kube.get('namespaces', undefined, rig.namespace)).status.phase).toBe('Active');
  await rig.serves('hello', /./);

  const since = rig.mark();
  await rig.kube.delete('namespaces', undefined, rig.namespace);
  await rig.event(eventOf('service-degraded', { service: 'hello' }), since);
  const message = unique('again');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.serves('hello', message);
  await poll(
    () => rig.service('hello'),
    ({ liveness }) => liveness === 'live',
    { what: 'hello is live' },
  );
});
