import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

test('a program that exits is recognised, with its exit code and its own last words, and mended by a save or a setting', async () => {
  await using rig = await openRig('crash-loop');
  // the same once more, which is not mended by the same edit
  await rig.write('other/Dockerfile', await rig.read('web/Dockerfile'));
  await rig.write('other/server.js', await rig.read('web/server.js'));
  await rig.write('k8s/other.yaml', (await rig.read('k8s/web.yaml')).replaceAll(/\bweb$/gm, 'other'));
  await rig.writeConfig('services:\n  web:\n  other:\n');
  const { output } = await rig.up({ expect: 1 });
  expect(output).toContain('fatal: GREETING is not set');

  for (const service of ['web', 'other']) {
    const { failure } = await rig.event(passEnded(service, 'failed'));
    expect(failure?.code).toBe('rollout/failed'); // not rollout/timeout: seen when it happens, not when time runs out
    expect(failure?.message).toMatch(/\b3\b/);
    expect(failure?.evidence.join('\n')).toContain('fatal: GREETING is not set');
    expect(failure?.remedy).toMatch(/\S/);
    expect((await rig.service(service)).liveness).toBe('failed');
  }

  const greeting = unique('mended');
  const since = rig.mark();
  await rig.edit('web/server.js', (text) => text.replace('process.env.GREETING', `'${greeting}'`));
  await rig.event(passEnded('web', 'live'), since);
  await rig.serves('web', greeting);
  const mended = await rig.service('web');
  expect([mended.liveness, mended.failure]).toEqual(['live', undefined]);

  const setting = unique('set');
  const set = rig.mark();
  await rig.writeConfig(`services:\n  web:\n  other:\n    env: { GREETING: "${setting}" }\n`);
  await rig.event(passEnded('other', 'live'), set);
  await rig.serves('other', setting);
});

test('a service that dies after it was live is degraded, not live', async ({ rig }) => {
  const good = await rig.read('hello/server.js');
  const saved = rig.mark();
  await rig.writeAtomic(
    'hello/server.js',
    `require('node:http').createServer((request, response) => {
       if (request.url === '/die') { console.error('asked to die'); process.exit(9); }
       response.end('alive');
     }).listen(8080);\n`,
  );
  await rig.event(passEnded('hello', 'live'), saved);
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
  await rig.writeAtomic('hello/server.js', good);
});

test('a crash that an edit brings into a running pod shows the lines of the container that failed', async ({ rig }) => {
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
