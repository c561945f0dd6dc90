import { expect, test } from 'vitest';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { openScreen } from '../rig/screen.ts';
import { UNTOUCHED } from '../rig/terminal.ts';

/** An image that has a program, and neither a shell nor anything else to be found by its name. */
async function withoutShell(rig: DevloopRig): Promise<void> {
  const link = "fs.mkdirSync('/only'); fs.symlinkSync(process.execPath, '/only/node')";
  const steps = `RUN ["node", "-e", ${JSON.stringify(link)}]\nENV PATH=/only\n`;
  await rig.edit('hello/Dockerfile', (text) => `${text.trimEnd()}\n${steps}`);
}

test('a shell in a container: the screen steps aside, and is back after it', async () => {
  await using rig = await openRig('hello-service');
  await rig.write('hello/message.txt', unique('inside'));
  await rig.start();
  // neither kubectl nor minikube is to be found: the daemon has the connection
  await using screen = openScreen(rig, { env: { ...rig.env, PATH: rig.file('nothing') } });
  await screen.shows(/› ● live +hello/);
  screen.press('enter');
  await screen.shows('─ pods of Deployment/hello');
  screen.press('x');
  await screen.shows(/[#$]$/m);
  const { bracketedPaste: _, ...untouched } = UNTOUCHED; // bash asks for it by itself
  expect(screen.modes()).toMatchObject(untouched);
  screen.type('echo in-$((1+1))\r');
  await screen.shows('in-2');
  screen.type('exit 3\r'); // nobody's failure
  await screen.shows('─ pods of Deployment/hello');
  await screen.until(() => screen.modes().mouse, 'the mouse');
  screen.press('escape');
  await screen.shows(/› ● live +hello/);
});

test('an image that has no shell says so on the screen, and a command in it is run all the same', async () => {
  await using rig = await openRig('hello-service');
  await withoutShell(rig);
  await rig.start();
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);
  screen.press('x');
  await screen.shows('No shell opened in hello: it ended with exit code 126.');
  expect(screen.modes()).toMatchObject({ screen: 'alternate', mouse: true });

  const script = 'process.stdout.write(process.argv[1]); process.exitCode = 7';
  for (const verb of ['run', 'exec']) {
    const result = await rig.devloop([verb, 'hello', '--', 'node', '-e', script, verb], { expect: 7 });
    expect(result.stdout).toBe(verb);
  }
});

test('devloop exec runs a command in the container that serves, with its input and its exit code', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  const script = 'read line; echo "$line in $HOSTNAME"; echo to the other >&2; exit 7';
  const result = await rig.devloop(['exec', 'hello', '--', 'sh', '-c', script], { input: 'typed\n', expect: 7 });
  const [pod] = await rig.pods('app=hello');
  expect(result.stdout).toBe(`typed in ${pod?.metadata.name}\n`);
  expect(result.stderr).toBe('to the other\n');
  // without a command it is a shell
  expect((await rig.devloop(['exec', 'hello'], { input: 'echo $((40+2))\n' })).stdout).toBe('42\n');
  const { stderr } = await rig.devloop(['exec', '--pod', 'nowhere', 'hello'], { expect: 2 });
  expect(stderr).toContain(`These run: hello of ${pod?.metadata.name}.`);
});
