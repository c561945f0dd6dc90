import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { readKubeconfig } from '../rig/kubeconfig.ts';
import { openRig } from '../rig/open-rig.ts';

test('from nothing to live in the very image that was built, and from a save to live', async () => {
  await using rig = await openRig('hello-service');
  const first = unique('first');
  await rig.write('hello/message.txt', first);
  await rig.up();
  await rig.serves('hello', first);
  const up = await rig.service('hello');
  expect([up.liveness, up.failure]).toEqual(['live', undefined]);
  const ready = await rig.event((event) => event.type === 'image-ready');
  const [pod] = await rig.pods('app=hello');
  expect(pod.status.containerStatuses[0].imageID).toContain(ready.imageId.replace(/^sha256:/, ''));

  const second = unique('second');
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', second);
  // it returns only when what was just saved serves, whether or not the daemon had seen the save when it was asked
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '60']);
  expect((await rig.served('hello')).body).toBe(second);
  const ended = await rig.event(passEnded('hello', 'live'), since);
  const service = await rig.service('hello');
  expect(service.liveRevision).toBe(ended.revision);
  expect(service.liveRevision).toBe(service.seenRevision);
  expect(service.liveImage).toBe(ended.image);
  expect(ended.image).toMatch(/^hello:devloop-[0-9a-f]{16}$/);
});

test('a second up with nothing changed builds and rolls nothing', async () => {
  await using rig = await openRig('hello-service');
  await rig.up();
  await rig.devloop(['stop']);
  await rig.events.ended();
  const before = await rig.object('deployments', 'hello');
  const [pod] = await rig.pods('app=hello');

  const since = rig.mark();
  await rig.up();
  await rig.event(passEnded('hello', 'live'), since);
  const images = rig.events.since(since).filter((event) => event.type === 'image-ready');
  expect(images.filter((event) => !event.reused)).toEqual([]);
  expect((await rig.object('deployments', 'hello')).metadata.generation).toBe(before.metadata.generation);
  expect((await rig.pods('app=hello')).map((p) => p.metadata.uid)).toEqual([pod.metadata.uid]);
});

test('a service waits for the one it depends on, and a save in that one does not roll it', async () => {
  await using rig = await openRig('two-services');
  await rig.write('api/price.txt', unique('10'));
  await rig.up();
  const order = rig.eventsSoFar.filter((event) => event.type === 'pass-ended' || event.type === 'object-applied');
  const apiLive = order.findIndex((event) => event.type === 'pass-ended' && event.service === 'api');
  const webApplied = order.findIndex(
    (event) => event.type === 'object-applied' && /^deployment[^/]*\/web$/i.test(event.object),
  );
  expect(apiLive).toBeGreaterThanOrEqual(0);
  expect(webApplied).toBeGreaterThan(apiLive);

  const [web] = await rig.pods('app=web');
  const price = unique('12');
  await rig.writeAtomic('api/price.txt', price);
  await rig.serves('web', `The price is ${price}.`);
  const [webNow] = await rig.pods('app=web');
  expect(webNow.metadata.uid).toBe(web.metadata.uid);
  expect(webNow.status.containerStatuses[0].containerID).toBe(web.status.containerStatuses[0].containerID);
});

test('a config of one line that names no cluster: the current context and its namespace are meant', async () => {
  await using rig = await openRig('hello-service');
  const kubeconfig = readKubeconfig();
  kubeconfig.contexts[0].context.namespace = rig.namespace;
  await rig.write('../kubeconfig', JSON.stringify(kubeconfig));
  rig.env['KUBECONFIG'] = rig.file('../kubeconfig');
  await rig.writeAtomic('devloop.yaml', 'services: { hello: {} }\n');
  await rig.up();
  expect((await rig.service('hello')).pods[0]?.namespace).toBe(rig.namespace);
});
