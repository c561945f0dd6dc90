import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

test('a program that exits is recognised, with its exit code and its own last words, and mended by a save', async () => {
  await using rig = await openRig('crash-loop');
  const { output } = await rig.up({ expect: 1 });
  expect(output).toContain('fatal: GREETING is not set');

  const { failure } = await rig.event(passEnded('web', 'failed'));
  expect(failure?.code).toBe('rollout/failed'); // not rollout/timeout: seen when it happens, not when time runs out
  expect(failure?.message).toMatch(/\b3\b/);
  expect(failure?.evidence.join('\n')).toContain('fatal: GREETING is not set');
  expect(failure?.remedy).toMatch(/\S/);
  expect((await rig.service('web')).liveness).toBe('failed');

  const greeting = unique('mended');
  const since = rig.mark();
  await rig.edit('web/server.js', (text) => text.replace('process.env.GREETING', `'${greeting}'`));
  await rig.event(passEnded('web', 'live'), since);
  await rig.serves('web', greeting);
  const mended = await rig.service('web');
  expect([mended.liveness, mended.failure]).toEqual(['live', undefined]);
});

test('or by the setting in devloop.yaml that it lacks', async () => {
  await using rig = await openRig('crash-loop');
  await rig.up({ expect: 1 });
  const greeting = unique('set');
  const since = rig.mark();
  await rig.writeConfig(`services:\n  web:\n    env: { GREETING: "${greeting}" }\n`);
  await rig.event(passEnded('web', 'live'), since);
  await rig.serves('web', greeting);
});

test('a crash that an edit brings into a running pod shows the lines of the container that failed', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  const good = await rig.read('hello/server.js');
  const words = unique('the disk is on fire');
  const since = rig.mark();
  await rig.writeAtomic('hello/server.js', `console.error('${words}'); process.exit(7);\n`);
  const { failure } = await rig.event(passEnded('hello', 'failed'), since);
  expect(failure?.code).toBe('rollout/failed');
  expect(failure?.message).toMatch(/\b7\b/);
  expect(failure?.evidence.join('\n')).toContain(words);

  const mended = rig.mark();
  const message = unique('well again');
  await rig.writeAtomic('hello/message.txt', message);
  await rig.writeAtomic('hello/server.js', good);
  await rig.event(passEnded('hello', 'live'), mended);
  await rig.serves('hello', message);
});

test('a service that dies after it was live is degraded, not live', async () => {
  await using rig = await openRig('hello-service');
  await rig.write(
    'hello/server.js',
    `require('node:http').createServer((request, response) => {
       if (request.url === '/die') { console.error('asked to die'); process.exit(9); }
       response.end('alive');
     }).listen(8080);\n`,
  );
  await rig.start();
  const since = rig.mark();
  // the first deaths are restarted at once; only one that the kubelet holds back is a lasting trouble
  for (let deaths = 0; deaths < 3; deaths++) {
    await rig.serves('hello', 'alive');
    await rig.served('hello', '/die').catch(() => undefined);
  }
  const { failure } = await rig.event((event) => event.type === 'service-degraded', since);
  expect(failure.message).toMatch(/\b9\b/);
  expect(failure.evidence.join('\n')).toContain('asked to die');
  await rig.event((event) => event.type === 'service-recovered', since, 120_000);
});
