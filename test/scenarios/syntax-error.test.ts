import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('broken-build', (rig) =>
  rig.write('web/settings.json', JSON.stringify({ greeting: unique('good') })),
);

test('a step that fails is shown with its output and a remedy; the next save mends it', async () => {
  await using rig = await openRig('broken-build');
  const { output } = await rig.up({ expect: 1 });
  expect(output).toContain('settings.json');

  const { failure } = await rig.event(passEnded('web', 'failed'));
  expect(failure?.code).toBe('build/failed');
  expect(failure?.message).toMatch(/node -e/);
  expect(failure?.evidence.join('\n')).toContain("Expected ',' or '}'");
  expect(failure?.remedy).toMatch(/\S/);
  const built = await rig.event(eventOf('output', { service: 'web', source: 'build' }));
  expect(built.line).toMatch(/\S/);
  expect(await rig.service('web')).toMatchObject({
    liveness: 'failed',
    liveRevision: 0,
    failure: { code: 'build/failed' },
  });
  expect(await rig.pods('app=web')).toEqual([]);

  const greeting = unique('mended');
  const since = rig.mark();
  await rig.writeAtomic('web/settings.json', JSON.stringify({ greeting }));
  await rig.event(passEnded('web', 'live'), since);
  await rig.serves('web', greeting);
  const mended = await rig.service('web');
  expect([mended.liveness, mended.failure]).toEqual(['live', undefined]);
});

test('a mistake in a live service leaves what is live alone, and status says that it is not the last save', async ({
  rig,
}) => {
  const { greeting } = JSON.parse(await rig.read('web/settings.json'));

  const since = rig.mark();
  await rig.writeAtomic('web/settings.json', '{ "greeting": ');
  await rig.event(passEnded('web', 'failed'), since);
  expect((await rig.served('web')).body).toBe(greeting);
  const service = await rig.service('web');
  expect(service.liveness).toBe('failed');
  expect(service.liveRevision).toBeLessThan(service.seenRevision);
  await rig.devloop(['wait', '--live', 'web', '--timeout', '30'], { expect: 1 });

  // back to what was live: its image is there, so that nothing is built
  const mended = rig.mark();
  await rig.writeAtomic('web/settings.json', JSON.stringify({ greeting }));
  await rig.event(passEnded('web', 'live'), mended);
  const images = rig.events.since(mended).filter((event) => event.type === 'image-ready');
  expect(images.filter((event) => !event.reused)).toEqual([]);
});

test('a misspelt instruction in the Dockerfile names the instruction', async ({ rig }) => {
  const good = await rig.read('web/Dockerfile');
  const since = rig.mark();
  await rig.edit('web/Dockerfile', (text) => text.replace('COPY . .', 'COPPY . .'));
  const { failure } = await rig.event(passEnded('web', 'failed'), since);
  expect(failure?.code).toBe('build/failed');
  expect([failure?.message, ...(failure?.evidence ?? [])].join('\n')).toContain('COPPY');
  expect(failure?.remedy).toMatch(/\S/);

  const mended = rig.mark();
  await rig.writeAtomic('web/Dockerfile', good);
  await rig.event(passEnded('web', 'live'), mended);
});
