import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { buildsCompleted, eventOf, passEnded, passesEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

const SLOW_DOCKERFILE = `FROM node:22-slim
WORKDIR /app
COPY . .
RUN sleep 5
CMD ["node", "server.js"]
`;

test('ten saves 300 ms apart during a build of 5 s: at most two builds, one rollout, of the last content', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('hello/Dockerfile', SLOW_DOCKERFILE);
  await rig.write('hello/message.txt', unique('before'));
  await rig.start();
  using images = await rig.watchImages('hello');
  const [before] = await rig.pods('app=hello');

  const since = rig.mark();
  let last = '';
  for (let save = 1; save <= 10; save++) {
    last = unique(`save ${save}`);
    await rig.writeAtomic('hello/message.txt', last);
    await delay(300);
  }
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '120'], { timeoutMs: 150_000 });
  const ended = await rig.event(passEnded('hello', 'live'), since);
  expect((await rig.served('hello')).body).toBe(last);

  const events = rig.events.since(since);
  expect(buildsCompleted(events, 'hello').length).toBeLessThanOrEqual(2);
  expect(passesEnded(events, 'hello', 'live')).toHaveLength(1);
  expect(passesEnded(events, 'hello', 'failed')).toEqual([]);
  // and as the cluster saw it: one new image, and one new container
  expect(images.values).toEqual([images.values[0], ended.image]);
  const [after] = await rig.pods('app=hello');
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(after.status.containerStatuses[0].restartCount).toBe(before.status.containerStatuses[0].restartCount + 1);
});

test('a save during the wait for a rollout takes its place', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  // never ready: it listens where nobody asks
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace(
      'image: hello\n',
      'image: hello\n          readinessProbe: { httpGet: { port: http }, periodSeconds: 1 }\n',
    ),
  );
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '60']);
  const good = await rig.read('hello/server.js');

  const since = rig.mark();
  await rig.writeAtomic('hello/server.js', good.replace('8080', '9999'));
  await rig.event(eventOf('phase-changed', { service: 'hello', phase: 'rollout' }), since);
  const message = unique('newer');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.writeAtomic('hello/server.js', good);
  await rig.event(passEnded('hello', 'superseded'), since);
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', message);
});
