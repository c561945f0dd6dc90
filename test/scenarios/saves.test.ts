import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { buildsCompleted, eventOf, passEnded, passesEnded } from '../rig/expected-events.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service', async (rig) => {
  await rig.write('hello/.dockerignore', 'notes\n!notes/seen.txt\n');
  await rig.write('hello/notes/seen.txt', 'first');
});

test('however an editor saves, the save goes live, and what was not a change builds nothing', async ({ rig }) => {
  const file = 'hello/message.txt';
  const ways: Record<string, (text: string) => Promise<void>> = {
    'in place': (text) => rig.write(file, text),
    'renamed over': (text) => rig.writeBeside(file, text),
    'backup, new file': (text) => rig.writeLikeVim(file, text),
    'truncated, then written': (text) => rig.truncateAndWrite(file, text),
    // each way a second time: a watch on a file that was replaced must not have gone with it
    'in place again': (text) => rig.write(file, text),
    'renamed over again': (text) => rig.writeBeside(file, text),
    'backup, new file again': (text) => rig.writeLikeVim(file, text),
  };
  for (const [way, save] of Object.entries(ways)) {
    const text = unique(way);
    const since = rig.mark();
    await save(text);
    const ended = await rig.event(passEnded('hello', 'live'), since);
    expect(await rig.serves('hello', text)).toBe(text);
    expect(ended.image, way).toBeDefined();
  }

  const [pod] = await rig.pods('app=hello');
  const since = rig.mark();
  await rig.writeBeside(file, await rig.read(file));
  await rig.write(file, await rig.read(file));
  await rig.write('hello/.message.txt.swp', 'an editor’s own file');
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '30']);
  // a real save after them: once it is live, those before it have had their effect
  const text = unique('after the no-ops');
  const real = rig.mark();
  await rig.writeBeside(file, text);
  await rig.event(passEnded('hello', 'live'), real);
  await rig.serves('hello', text);
  expect(buildsCompleted(rig.events.since(since), 'hello')).toHaveLength(1);
  const [after] = await rig.pods('app=hello');
  expect(after.status.containerStatuses[0].restartCount).toBe(pod.status.containerStatuses[0].restartCount + 1);
});

test('what the build cannot see starts no build', async ({ rig }) => {
  const since = rig.mark();
  await rig.write('hello/notes/private.txt', unique('not seen'));
  await rig.write('hello/.git/index', unique('not seen'));
  await rig.write('hello/node_modules/a/index.js', unique('not seen'));
  await rig.write('hello/notes/seen.txt', unique('seen'));
  await rig.event(passEnded('hello', 'live'), since);
  const changes = rig.events.since(since).filter((event) => event.type === 'change-seen');
  expect(changes.flatMap((event) => event.paths)).toEqual(['hello/notes/seen.txt']);
  expect(buildsCompleted(rig.events.since(since), 'hello')).toHaveLength(1);
});

const SLOW_DOCKERFILE = `FROM node:22-slim
WORKDIR /app
COPY . .
RUN sleep 5
CMD ["node", "server.js"]
`;

test('ten saves 300 ms apart during a build of 5 s: at most two builds, one rollout, of the last content', async ({
  rig,
}) => {
  const quick = await rig.read('hello/Dockerfile');
  await rig.writeAtomic('hello/Dockerfile', SLOW_DOCKERFILE);
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
  await rig.writeAtomic('hello/Dockerfile', quick);
});

test('a save during the wait for a rollout takes its place', async ({ rig }) => {
  // never ready: it listens where nobody asks
  const manifest = await rig.read('k8s/hello.yaml');
  const probe = 'readinessProbe: { httpGet: { port: http }, periodSeconds: 1 }';
  await reconfigure(rig, () =>
    rig.edit('k8s/hello.yaml', (text) => text.replace('image: hello\n', `image: hello\n          ${probe}\n`)),
  );
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
  await reconfigure(rig, () => rig.writeAtomic('k8s/hello.yaml', manifest));
});
