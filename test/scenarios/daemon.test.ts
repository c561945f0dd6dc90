import { expect } from 'vitest';
import { isRunning } from '../../packages/shared/src/running-process.ts';
import { unique } from '../rig/devloop-rig.ts';
import { EngineClient } from '../rig/engine-client.ts';
import { buildsCompleted, passEnded } from '../rig/expected-events.ts';
import type { ApiObject } from '../rig/kube-api.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';
import { tarOf } from '../rig/tar-of.ts';

const test = testOnSharedRig('hello-service');

test('after kill -9 the next command recovers, adopts what runs, and re-rolls nothing', async ({ rig }) => {
  const swapped = unique('swapped');
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', swapped);
  await rig.event(passEnded('hello', 'live'), since);
  const killed = await rig.status();
  const before = await rig.object('deployments', 'hello');
  const [pod] = await rig.pods('app=hello');

  process.kill(killed.pid, 'SIGKILL');
  await poll(
    async () => isRunning(killed.pid),
    (alive) => !alive,
    { what: 'the daemon is dead' },
  );
  await rig.events.ended();

  const again = rig.mark();
  await rig.start();
  const recovered = await rig.status();
  expect(recovered.pid).not.toBe(killed.pid);
  expect(await rig.service('hello')).toMatchObject({ liveness: 'live', liveImage: killed.services[0]?.liveImage });
  await rig.event(passEnded('hello', 'live'), again);
  expect(buildsCompleted(rig.events.since(again))).toEqual([]);
  expect((await rig.object('deployments', 'hello')).metadata.generation).toBe(before.metadata.generation);
  const [after] = await rig.pods('app=hello');
  expect(after.status.containerStatuses[0].containerID).toBe(pod.status.containerStatuses[0].containerID);

  // a save that no daemon saw is found by the one after it
  process.kill(recovered.pid, 'SIGKILL');
  await rig.events.ended();
  const missed = unique('saved while no daemon ran');
  await rig.writeAtomic('hello/message.txt', missed);
  await rig.start();
  expect((await rig.served('hello')).body).toBe(missed);
});

test('a daemon that is killed in the middle of a pass leaves nothing that the next one cannot finish', async ({
  rig,
}) => {
  // at each of these moments: the image is built, and the objects are half patched
  for (const moment of ['image-ready', 'object-applied'] as const) {
    const since = rig.mark();
    const { pid } = await rig.status(); // before, so that the end comes at that moment and not later
    const message = unique(moment);
    await rig.writeAtomic('hello/message.txt', message);
    await rig.event((event) => event.type === moment, since);
    process.kill(pid, 'SIGKILL');
    await rig.events.ended();
    await rig.start();
    expect((await rig.served('hello')).body).toBe(message);
    const deployment = await rig.object('deployments', 'hello');
    expect(deployment.spec.paused ?? false).toBe(false);
    await rig.rolledOut('hello');
  }
});

test.each(['after its ReplicaSet', 'after its Deployment'])(
  'a pod that a swap has left behind, because its daemon was killed %s, is brought to the new content',
  async (killed) => {
    await using rig = await openRig('hello-service');
    await rig.start();
    const [{ spec: old }] = (await rig.pods('app=hello')) as [ApiObject];
    const message = unique('swapped');
    const since = rig.mark();
    await rig.writeAtomic('hello/message.txt', message);
    await rig.event(passEnded('hello', 'live'), since);
    await rig.devloop(['stop']);
    const [pod] = (await rig.pods('app=hello')) as [ApiObject];
    const containers = [{ ...pod.spec.containers[0], image: old.containers[0].image }];
    if (killed === 'after its ReplicaSet') {
      const spec = { paused: true, template: { spec: { containers: old.containers } } };
      await rig.kube.patch('deployments', rig.namespace, 'hello', { spec });
    }
    await rig.kube.patch('pods', rig.namespace, pod.metadata.name, { spec: { containers } });
    await rig.start();
    expect((await rig.served('hello')).body).toBe(message);
  },
);

test('what runs is live for a daemon that starts after another copy of the project has built the same content', async () => {
  await using rig = await openRig('hello-service');
  await rig.writeAtomic('hello/message.txt', unique('built twice'));
  await rig.start();
  const [pod] = (await rig.pods('app=hello')) as [ApiObject];
  await rig.devloop(['stop']);
  const [{ image }] = pod.spec.containers;
  const archive = await tarOf({ Dockerfile: `FROM ${image}\nENV COPY=yes\n` });
  const engine = await EngineClient.open(process.env);
  const built = await engine.request('POST', `/build?t=${image}`, 'application/x-tar', archive);
  expect(built.body.toString()).toContain('Successfully tagged');
  await rig.start();
  const pods = await rig.pods('app=hello');
  expect(pods.map(({ metadata, status }) => [metadata.uid, status.containerStatuses[0].restartCount])).toEqual([
    [pod.metadata.uid, 0],
  ]);
});

test('two ups at once attach to the same daemon', async () => {
  await using rig = await openRig('hello-service');
  const [one, two] = await Promise.all([
    rig.devloop(['up', '-d', '--timeout', '120'], { timeoutMs: 150_000 }),
    rig.devloop(['up', '-d', '--timeout', '120'], { timeoutMs: 150_000 }),
  ]);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(rig.processes().map(({ commandLine }) => commandLine)).toHaveLength(1);
  await rig.catchUp();
  expect(rig.eventsSoFar.filter((event) => event.type === 'daemon-started')).toHaveLength(1);
  expect(buildsCompleted(rig.eventsSoFar).length).toBeLessThanOrEqual(1);
  expect(await rig.objects('replicasets')).toHaveLength(1);
});

test('stop ends the daemon and leaves what runs running', async ({ rig }) => {
  const message = unique('stays');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.start();
  const { pid } = await rig.status();
  const since = rig.mark();
  await rig.devloop(['stop']);
  await rig.events.ended();
  expect(rig.events.since(since).map(({ type }) => type)).toContain('daemon-stopping');
  await poll(
    async () => isRunning(pid),
    (alive) => !alive,
    { what: 'the daemon has ended' },
  );
  expect(rig.processes()).toEqual([]);
  expect((await rig.served('hello')).body).toBe(message);
});

test('SIGTERM ends the daemon as cleanly as stop does', async ({ rig }) => {
  const { pid } = await rig.status();
  process.kill(pid, 'SIGTERM');
  await rig.events.ended();
  await poll(
    async () => rig.processes(),
    (left) => left.length === 0,
    { what: 'nothing is left' },
  );
});
