import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { buildsCompleted, eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

test('restart, scale, delete a pod, and go on saving', async ({ rig }) => {
  const service = 'hello';
  const [pod] = await rig.pods('app=hello');

  const restarted = rig.mark();
  await rig.command({ type: 'restart-service', service });
  await rig.event(passEnded(service, 'live'), restarted);
  expect(buildsCompleted(rig.events.since(restarted))).toEqual([]);
  expect(await rig.event(eventOf('change-seen', { service, asked: 'restart' }), restarted)).toBeDefined();
  const [fresh] = await rig.pods('app=hello');
  expect(fresh.metadata.uid).not.toBe(pod.metadata.uid);

  const scaled = rig.mark();
  await rig.command({ type: 'scale-service', service, replicas: 2 });
  await rig.event(passEnded(service, 'live'), scaled);
  expect((await rig.service(service)).replicas).toEqual({ wanted: 2, ready: 2 });

  // a save keeps the replicas and what the restart left behind
  const saved = rig.mark();
  const message = unique('two of them');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.event(passEnded(service, 'live'), saved);
  await rig.serves('hello', message);
  const deployment = await rig.object('deployments', 'hello');
  expect(deployment.spec.replicas).toBe(2);
  expect(deployment.spec.template.metadata.annotations).toHaveProperty(['kubectl.kubernetes.io/restartedAt']);

  const [victim] = await rig.pods('app=hello');
  const { namespace } = rig;
  const unknown = await rig.refusal({ type: 'delete-pod', service, namespace, pod: 'coredns' });
  expect(unknown).toMatchObject({ code: 'command/refused', remedy: expect.stringContaining(victim.metadata.name) });
  const deleted = rig.mark();
  await rig.command({ type: 'delete-pod', service, namespace, pod: victim.metadata.name });
  await rig.event(eventOf('pod-deleted', { service, pod: victim.metadata.name }), deleted);
  await poll(
    async () => (await rig.service(service)).pods.filter((pod) => pod.ready).map((pod) => pod.name),
    (ready) => ready.length === 2 && !ready.includes(victim.metadata.name),
    { what: 'another pod is ready in its place' },
  );

  const none = rig.mark();
  await rig.command({ type: 'scale-service', service, replicas: 0 });
  await rig.event(passEnded(service, 'live'), none);
  expect(await rig.service(service)).toMatchObject({ liveness: 'live', replicas: { wanted: 0, ready: 0 }, pods: [] });
  const one = rig.mark();
  await rig.command({ type: 'scale-service', service, replicas: 1 });
  await rig.event(passEnded(service, 'live'), one);
  await rig.serves('hello', message);
});

test('paused, saves wait; rolled back, the build before serves until the next save', async ({ rig }) => {
  const service = 'hello';
  const first = (await rig.read('hello/message.txt')).trim();
  const [second, third] = [unique('second'), unique('third')];
  const { liveImage } = await rig.service(service);

  expect(await rig.command({ type: 'pause', services: [] })).toEqual({ type: 'pause', services: [service] });
  expect(await rig.command({ type: 'pause', services: [service] })).toEqual({ type: 'pause', services: [] });
  const held = rig.mark();
  await rig.writeAtomic('hello/message.txt', second);
  await rig.event((event) => event.type === 'service-held' && event.hold.reason === 'paused', held);
  expect(await rig.service(service)).toMatchObject({ liveness: 'held', paused: true });
  expect((await rig.served('hello')).body).toBe(first);
  const refusal = await rig.refusal({ type: 'scale-service', service, replicas: 2 });
  expect(refusal.code).toBe('command/refused');
  expect(await rig.command({ type: 'resume', services: [] })).toEqual({ type: 'resume', services: [service] });
  await rig.event(passEnded(service, 'live'), held);
  await rig.serves('hello', second);

  const back = rig.mark();
  expect(await rig.command({ type: 'roll-back', service })).toEqual({ type: 'roll-back', image: liveImage });
  await rig.event(passEnded(service, 'live'), back);
  await rig.serves('hello', first);
  expect(buildsCompleted(rig.events.since(back))).toEqual([]);
  expect(await rig.service(service)).toMatchObject({ liveness: 'live', rolledBackTo: liveImage, liveImage });
  const [now, before] = JSON.parse((await rig.devloop(['history', service, '--json'])).stdout);
  expect([now, before]).toMatchObject([{ outcome: 'live', image: liveImage }, { paths: ['hello/message.txt'] }]);
  const gone = await rig.refusal({ type: 'roll-back', service, image: 'hello:devloop-0000000000000000' });
  expect(gone).toMatchObject({ code: 'command/refused', remedy: expect.stringContaining('hello:devloop-') });

  const saved = rig.mark();
  await rig.writeAtomic('hello/message.txt', third);
  await rig.event(passEnded(service, 'live'), saved);
  await rig.serves('hello', third);
  expect((await rig.service(service)).rolledBackTo).toBeUndefined();
});

test('bare pods are restarted, there is no build before the first, and forwards come and go while the daemon runs', async () => {
  await using rig = await openRig('hello-service');
  const service = 'hello';
  const metadata = 'metadata:\n  name: hello\n  labels:\n    app: hello\n';
  await rig.write(
    'k8s/hello.yaml',
    `apiVersion: v1\nkind: Pod\n${metadata}spec:\n  terminationGracePeriodSeconds: 1\n  containers:\n    - name: hello\n      image: hello\n`,
  );
  await rig.start();
  const nothing = await rig.refusal({ type: 'roll-back', service });
  expect(nothing.code).toBe('command/refused');
  const [pod] = await rig.objects('pods');
  const deleted = rig.mark();
  await rig.command({ type: 'delete-pod', service, namespace: rig.namespace, pod: 'hello' });
  await rig.event(passEnded(service, 'live'), deleted);
  const [again] = await rig.objects('pods');
  expect(again.metadata.uid).not.toBe(pod.metadata.uid);
  const restarted = rig.mark();
  await rig.command({ type: 'restart-service', service });
  await rig.event(passEnded(service, 'live'), restarted);
  const [anew] = await rig.objects('pods');
  expect(anew.metadata.uid).not.toBe(again.metadata.uid);

  const local = 20_000 + Math.floor(Math.random() * 10_000);
  await rig.command({ type: 'add-forward', service, local, port: 8080 });
  const answers = () =>
    poll(
      async () => (await fetch(`http://localhost:${local}`)).text(),
      (text) => text !== '',
      { what: `port ${local} answers` },
    );
  await answers();
  expect(await rig.service(service)).toMatchObject({
    forwards: [{ local, port: 8080, status: 'listening' }],
    urls: [{ url: `http://localhost:${local}`, through: 'forward' }],
  });
  const reloaded = rig.mark();
  await rig.writeConfig(`services:\n  hello:\n    ports: ["${local + 1}:8080"]\n`);
  await rig.event(eventOf('config-loaded'), reloaded);
  await answers();
  const foreign = await rig.refusal({ type: 'remove-forward', service, local: local + 1 });
  expect(foreign.remedy).toContain(String(local));
  await rig.command({ type: 'remove-forward', service, local });
  expect((await rig.service(service)).forwards).toEqual([]);
});
