import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { sampleUntil } from '../rig/sample-until.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

// long enough a build to look at what is said meanwhile
const test = testOnSharedRig('hello-service', (rig) =>
  rig.edit('hello/Dockerfile', (text) => text.replace('EXPOSE', 'RUN sleep 2\nEXPOSE')),
);

for (const rollout of ['swap', 'rolling'] as const) {
  test(`status never says live while the old content serves (${rollout})`, async ({ rig }) => {
    const config = await rig.read('devloop.yaml');
    await reconfigure(rig, () => rig.writeConfig(`services:\n  hello:\n    rollout: ${rollout}\n`));
    const before = await rig.service('hello');

    const message = unique('new');
    const since = rig.mark();
    await rig.writeAtomic('hello/message.txt', message);
    const samples: { word: string; body: string }[] = [];
    const isLive = () => rig.events.since(since).some(passEnded('hello', 'live'));
    await sampleUntil(isLive, async () => {
      // in this order: once status calls the new revision live, every later answer must be the new one
      const { liveness, seenRevision } = await rig.service('hello');
      const { body } = await rig.served('hello').catch((error) => ({ body: String(error) }));
      if (seenRevision !== before.seenRevision) samples.push({ word: liveness, body }); // else the save is not noticed yet
    });
    const service = await rig.service('hello');
    samples.push({ word: service.liveness, body: (await rig.served('hello')).body });

    expect(samples.filter(({ word, body }) => word === 'live' && body !== message)).toEqual([]);
    expect(samples.at(-1)).toEqual({ word: 'live', body: message });
    // the samples saw the way there, or they prove nothing
    expect(samples.filter(({ word }) => word === 'working').length).toBeGreaterThan(0);
    await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
  });
}

test('status tells where the save is that is on its way, and which one is live', async ({ rig }) => {
  const before = await rig.service('hello');
  const dockerfile = await rig.read('hello/Dockerfile');
  const since = rig.mark();
  await rig.edit('hello/Dockerfile', (text) => text.replace('sleep 2', `echo ${unique('new')} && sleep 4`));
  await rig.event((event) => event.type === 'build-started', since);
  const during = await rig.service('hello');
  expect(during.activity).toMatchObject({ is: 'working', phase: 'build' });
  expect(during.liveRevision).toBe(before.liveRevision);
  expect(during.seenRevision).toBeGreaterThan(before.seenRevision);
  const words = await rig.devloop(['status']);
  expect(words.stdout).toMatch(/hello.*build/);
  await rig.event(passEnded('hello', 'live'), since);
  await rig.writeAtomic('hello/Dockerfile', dockerfile);
});
