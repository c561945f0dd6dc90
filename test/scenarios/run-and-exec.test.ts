import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { DEVLOOP, type DevloopRig } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { openScreen } from '../rig/screen.ts';
import { testOnSharedRig } from '../rig/shared-rig.ts';
import { openTerminal, UNTOUCHED } from '../rig/terminal.ts';

const test = testOnSharedRig('hello-service', (rig) =>
  rig.writeConfig('services:\n  hello:\n    env: { GREETING: good morning }\n'),
);

/** Names of the Pods that were made for commands. */
async function oneOffs(rig: DevloopRig): Promise<string[]> {
  return (await rig.pods('devloop.dev/one-off=hello')).map((pod) => pod.metadata.name);
}

function noneLeft(rig: DevloopRig): Promise<string[]> {
  return poll(
    () => oneOffs(rig),
    (names) => names.length === 0,
    { what: 'no Pod of a command is left' },
  );
}

/** A command that goes on, once its Pod runs it. */
async function endless(rig: DevloopRig) {
  const args = [DEVLOOP, '-C', rig.folder, 'run', 'hello', '--', 'sh', '-c', 'echo it runs; sleep 1000'];
  const child = spawn(process.execPath, args, { env: rig.env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  expect(await oneOffs(rig)).toHaveLength(1);
  return { child, ended };
}

test('a command has the image, environment and input, its output is told apart, and its exit code is ours', async ({
  rig,
}) => {
  const script = 'cat /app/message.txt; echo "$GREETING"; cat; echo to the other >&2; exit 7';
  const result = await rig.devloop(['run', 'hello', '--', 'sh', '-c', script], { input: 'from afar\n', expect: 7 });
  expect(result.stdout).toBe(`${await rig.read('hello/message.txt')}good morning\nfrom afar\n`);
  expect(result.stderr).toBe('to the other\n');
  await noneLeft(rig);

  const large = 'some text that is long\n'.repeat(100_000);
  const back = await rig.devloop(['run', 'hello', '--', 'cat'], { input: large });
  expect(back.stdout === large).toBe(true);
  expect((await rig.devloop(['run', 'hello', '--', 'no-such-program'], { expect: null })).code).not.toBe(0);
  await rig.devloop(['run', 'nobody', '--', 'true'], { expect: 2 });
  await noneLeft(rig);
});

test('no Service leads to the Pod of a command, which is gone when whoever ran it is', async ({ rig }) => {
  {
    const { child, ended } = await endless(rig);
    const { body } = await rig.kube.request(`/api/v1/namespaces/${rig.namespace}/endpoints/hello`);
    expect(JSON.parse(body).subsets.flatMap(({ addresses }: { addresses: unknown[] }) => addresses)).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    await noneLeft(rig);
  }
  const { child, ended } = await endless(rig);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  await noneLeft(rig);
});

test('a Pod whose daemon was killed is removed by the next one', async ({ rig }) => {
  const { ended } = await endless(rig);
  await rig.events.stop();
  process.kill((await rig.status()).pid, 'SIGKILL');
  const [code] = await ended;
  expect(code).toBe(4);
  await rig.start();
  await noneLeft(rig);
});

/** Typed, it says that the terminal has a size once it has: a kubelet tells it to a shell that runs already. */
const untilSized = (size: string) =>
  `until [ "$(stty size)" = "${size}" ]; do sleep 0.1; done; echo "sized-${size}-$((40+2))"\r`;

/** An image that has a program, and neither a shell nor anything else to be found by its name. */
async function withoutShell(rig: DevloopRig): Promise<void> {
  const link = "fs.mkdirSync('/only'); fs.symlinkSync(process.execPath, '/only/node')";
  const steps = `RUN ["node", "-e", ${JSON.stringify(link)}]\nENV PATH=/only\n`;
  await rig.edit('hello/Dockerfile', (text) => `${text.trimEnd()}\n${steps}`);
}

test('a shell in a container: the screen steps aside, and is back after it', async ({ rig }) => {
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

test('devloop exec runs a command in the container that serves, with its input and its exit code', async ({ rig }) => {
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

test.for([
  ['a Pod of its own', ['run', 'hello', '--', 'sh']] as const,
  ['a container that runs', ['exec', 'hello']] as const,
])(
  'in %s a shell has the terminal, of its size, in which Ctrl-C is for what runs there',
  async ([_, words], { rig }) => {
    const command = [process.execPath, DEVLOOP, '-C', rig.folder, ...words] as const;
    await using terminal = openTerminal(command, { env: rig.env, showWithinMs: 60_000 });
    await terminal.shows(/[#$] ?$/m);
    terminal.type('test -t 0 && test -t 1 && echo it-is-$((40+2))\r');
    await terminal.shows('it-is-42');
    // said by what has the terminal then, not by the shell that is about to give it away
    terminal.type('sh -c "echo begun-$((40+2)); exec sleep 1000"\r');
    await terminal.shows('begun-42');
    terminal.type('\u0003');
    await terminal.shows(/begun-42\s+(\^C\s*)?\S* ?[#$] ?$/m);
    terminal.type('echo again-$((40+2))\r');
    await terminal.shows('again-42');
    terminal.type(untilSized('24 80'));
    await terminal.shows('sized-24 80-42');
    terminal.resize(100, 31);
    terminal.type(untilSized('31 100'));
    await terminal.shows('sized-31 100-42');
    terminal.type('exit 9\r');
    expect(await terminal.exited).toBe(9);
    await noneLeft(rig);
  },
);

test('the shell that a key opens has the size of the screen, also when that changes', async ({ rig }) => {
  await using screen = openScreen(rig);
  await screen.shows(/› ● live +hello/);
  screen.press('x');
  await screen.shows(/[#$]$/m);
  screen.type(untilSized('40 120'));
  await screen.shows('sized-40 120-42');
  screen.resize(100, 31);
  screen.type(untilSized('31 100'));
  await screen.shows('sized-31 100-42');
  screen.type('exit\r');
  await screen.shows(/› ● live +hello/);
});
