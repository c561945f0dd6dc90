import { expect, test } from 'vitest';
import { unique } from '../../rig/devloop-rig.ts';
import { openRig } from '../../rig/open-rig.ts';
import { writeProgram } from '../../rig/program.ts';
import { mustRun } from '../../rig/run-command.ts';
import { openScreen } from '../../rig/screen.ts';
import { UNTOUCHED } from '../../rig/terminal.ts';

test('a shell in a container: the screen steps aside, and is back after it', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('hello/message.txt', unique('inside'));
  await rig.up();
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);
  screen.press('enter');
  await screen.shows('─ pods of Deployment/hello');
  screen.press('x');
  await screen.shows(/[#$]$/m);
  const { bracketedPaste: _, ...untouched } = UNTOUCHED; // bash asks for it by itself
  expect(screen.modes()).toMatchObject(untouched);
  screen.type('echo in-$((1+1))\r');
  await screen.shows('in-2');
  screen.type('exit\r');
  await screen.shows('─ pods of Deployment/hello');
  await screen.until(() => screen.modes().mouse, 'the mouse');
  screen.press('escape');
  await screen.shows(/› ● live +hello/);
});

test('a shell where kubectl is not installed: the one that minikube has', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('hello/message.txt', unique('inside'));
  await rig.up();
  const kubectl = (await mustRun('sh', ['-c', 'command -v kubectl'])).trim();
  const programs = await writeProgram(rig, 'minikube', `[ "$1 $2" = "kubectl --" ] && shift 2 && exec ${kubectl} "$@"`);
  await using screen = openScreen(rig, { env: { ...rig.env, PATH: programs } });
  await screen.shows(/› ● live +hello/);
  screen.press('x');
  await screen.shows(/[#$]$/m);
  screen.type('echo in-$((1+1))\r');
  await screen.shows('in-2');
  screen.type('exit\r');
  await screen.shows(/› ● live +hello/);
});
