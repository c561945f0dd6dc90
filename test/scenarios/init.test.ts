import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { openScreenBelowShell } from '../rig/screen.ts';

/** Takes the rig's devloop.yaml away; the namespace is that of the context then. */
async function withoutConfig(rig: DevloopRig): Promise<void> {
  await rm(rig.file('devloop.yaml'));
  await rig.useContext();
}

test('an app without a devloop.yaml: shown as it is understood, asked for, and up', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  const message = unique('found');
  await rig.write('hello/message.txt', message);
  const unasked = await rig.devloop(['up', '-d'], { expect: null });
  expect([unasked.code, unasked.output]).toEqual([3, expect.stringContaining('devloop init')]);

  await using screen = openScreenBelowShell(rig);
  const asked = await screen.shows('Write this to devloop.yaml and start?');
  expect(asked).toContain('hello is built from hello/Dockerfile as hello (sure: its name is that of the folder)');
  screen.type('y\r');
  await screen.shows(/› ● live +hello/);
  screen.press('q');
  await screen.shows('ended 0');
  await rig.serves('hello', message);
  expect(await rig.read('devloop.yaml')).toContain('services:\n  hello:\n');
});

test('init writes once, and changes nothing that is there', async () => {
  await using rig = await openRig('hello-service');
  await withoutConfig(rig);
  const printed = await rig.devloop(['init', '--print']);
  await rig.devloop(['init']);
  expect(await rig.read('devloop.yaml')).toBe(printed.stdout);
  await rig.write('devloop.yaml', 'services:\n  hello: # mine\n');
  const { code, output } = await rig.devloop(['init'], { expect: null });
  expect([code, output]).toEqual([2, expect.stringContaining('which stays as it is')]);
  expect(await rig.read('devloop.yaml')).toContain('# mine');
});
