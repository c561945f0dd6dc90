import { expect, test } from 'vitest';
import { openRig } from '../rig/open-rig.ts';
import { runSystem } from '../systems/run-system.ts';
import { SYSTEMS } from '../systems/systems.ts';

/** Their objects have a namespace and a node port of their own, so that no two may run at once. */
test.each(SYSTEMS.filter(({ isPython }) => !isPython))(
  '$name: up as it is, seen, edited, and taken down without a trace',
  async (system) => {
    await using rig = await openRig(system.fixture);
    const run = await runSystem(system, rig);
    expect(run).toMatchObject({ logged: run.services, left: 0 });
  },
);

test('a program that exposes no port runs to its end, and again when another daemon finds new content', async () => {
  await using rig = await openRig('hello-world');
  await rig.devloop(['up', '-d', '--yes']);
  const [service] = (await rig.status()).services;
  expect(service?.pods).toMatchObject([{ status: 'Completed' }]);
  const [before] = await rig.objects('pods');
  await rig.devloop(['stop']);
  await rig.edit('hello.js', (text) => text.replace('from a container', 'once more'));
  await rig.up();
  expect((await rig.devloop(['logs'])).stdout).toContain('Hello once more');
  const [after] = await rig.objects('pods');
  expect(after.metadata.uid).not.toBe(before.metadata.uid);
});
