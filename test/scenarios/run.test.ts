import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { DEVLOOP, type DevloopRig } from '../rig/devloop-rig.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

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

test('a command has the image, environment and input, its output is told apart, and its exit code is ours', async () => {
  await using rig = await openRig('hello-service');
  await rig.writeConfig('services:\n  hello:\n    env: { GREETING: good morning }\n');
  await rig.start();
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

test('no Service leads to the Pod of a command, which is gone when whoever ran it is', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
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

test('a Pod whose daemon was killed is removed by the next one', async () => {
  await using rig = await openRig('hello-service');
  await rig.start();
  const { ended } = await endless(rig);
  await rig.events.stop();
  process.kill((await rig.status()).pid, 'SIGKILL');
  const [code] = await ended;
  expect(code).toBe(4);
  await rig.devloop(['up', '-d'], { timeoutMs: 120_000 });
  await noneLeft(rig);
});
