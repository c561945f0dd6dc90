import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainRequest } from '../rig/http-answer.ts';
import { poll } from '../rig/poll.ts';
import { mustRun, runCommand } from '../rig/run-command.ts';
import { RunningSandbox } from '../rig/running-sandbox.ts';
import { channelStream } from './channel-stream.ts';
import { differences } from './differences.ts';
import { KUBECTL_CONTRACT, type KubectlStep, WEB } from './kubectl-commands.ts';
import { KUBECTL_EXPLAINED } from './kubectl-explained.ts';
import { readable } from './kubectl-normalise.ts';

const namespace = `contract-${randomBytes(3).toString('hex')}`;
const compared = { commands: 0, differences: 0 };
let sandbox: RunningSandbox;
let clusters: readonly [real: NodeJS.ProcessEnv, sandbox: NodeJS.ProcessEnv];

beforeAll(async () => {
  sandbox = await RunningSandbox.open();
  clusters = [process.env, { ...process.env, ...sandbox.environment }];
  for (const env of clusters) await mustRun('kubectl', ['create', 'namespace', namespace], { env });
});

afterAll(async () => {
  for (const env of clusters) await mustRun('kubectl', ['delete', 'namespace', namespace, '--wait=false'], { env });
  console.log(`kubectl: ${compared.commands} commands compared, ${compared.differences} differences explained`);
  await sandbox[Symbol.asyncDispose]();
});

async function podOf(env: NodeJS.ProcessEnv): Promise<string> {
  const args = ['-n', namespace, 'get', 'pods', '-l', 'app=web', '-o', 'json'];
  const { items } = JSON.parse(await mustRun('kubectl', args, { env }));
  const stays = items.find(({ metadata }: { metadata: { deletionTimestamp?: string } }) => !metadata.deletionTimestamp);
  return stays?.metadata.name ?? '';
}

/** Resolves when a pod with these labels is there: kubectl waits for none that a controller has still to make. */
async function podIsThere(labels: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['-n', namespace, 'get', 'pods', '-l', labels, '-o', 'name'];
  await poll(
    () => mustRun('kubectl', args, { env }),
    (names) => names !== '',
    { what: `a pod with ${labels} is there` },
  );
}

/** What a command says with each cluster, line by line, as far as it is no other each time. */
async function both({ args, input, after, beside }: KubectlStep): Promise<string[][]> {
  const ask = async (env: NodeJS.ProcessEnv) => {
    if (after !== undefined) await podIsThere(after, env);
    const pod = args.includes('POD') ? await podOf(env) : '';
    const words = args.map((word) => (word === 'POD' ? pod : word));
    const options = { env, ...(input !== undefined && { input }), timeoutMs: 90_000 };
    const [{ code, stdout, stderr }] = await Promise.all([
      runCommand('kubectl', ['-n', namespace, ...words], options),
      beside && mustRun('kubectl', ['-n', namespace, ...beside], { env }),
    ]);
    return [`exit code ${code}`, ...readable(stdout, namespace), ...readable(stderr, namespace)];
  };
  return await Promise.all(clusters.map(ask));
}

/** Lines that only one of the two has. */
function differing([real = [], ours = []]: string[][]): string[] {
  return [
    ...real.filter((line) => !ours.includes(line)).map((line) => `only real: ${line}`),
    ...ours.filter((line) => !real.includes(line)).map((line) => `only ours: ${line}`),
  ];
}

for (const { name, steps } of KUBECTL_CONTRACT) {
  test(`kubectl says the same: ${name}`, async () => {
    const unexplained: string[] = [];
    for (const [index, step] of steps.entries()) {
      for (const difference of differing(await both(step))) {
        const row = `${index + 1} ${step.args.join(' ')} ${difference}`;
        compared.differences += 1;
        if (!KUBECTL_EXPLAINED.some(({ where }) => where.test(row))) unexplained.push(row);
      }
      compared.commands += 1;
    }
    expect(unexplained).toEqual([]);
  });
}

test('kubectl forwards a port', async () => {
  for (const env of clusters) {
    await runCommand('kubectl', ['-n', namespace, 'apply', '-f', '-'], {
      env,
      input: WEB,
    });
    await mustRun('kubectl', ['-n', namespace, 'rollout', 'status', 'deployment/web'], { env });
    // of a Deployment, kubectl may take the pod that is just being ended
    const child = spawn('kubectl', ['-n', namespace, 'port-forward', `pod/${await podOf(env)}`, ':8080'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: child.stdout });
      const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
      const port = /^Forwarding from 127\.0\.0\.1:(\d+) -> 8080$/.exec(line)?.[1];
      for (const _ of [1, 2]) {
        expect(await plainRequest(`http://127.0.0.1:${port}/`)).toEqual({ status: 200, body: 'hello\n' });
      }
    } finally {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
  }
});

test.each([
  ['v4.channel.k8s.io', 'command=sh&command=-c&command=echo+out%3B+echo+err+%3E%262%3B+exit+3&stdout=1&stderr=1'],
  ['v4.channel.k8s.io', 'command=true&stdout=1&stderr=1'],
  ['v4.channel.k8s.io', 'command=there-is-none&stdout=1&stderr=1'],
  ['v4.channel.k8s.io', 'command=head&command=-n1&stdin=1&stdout=1'],
  ['v4.channel.k8s.io', 'command=true'],
  ['v4.channel.k8s.io', 'stdout=1'],
  ['v4.channel.k8s.io', 'command=true&stdout=1&container=none'],
  ['channel.k8s.io', 'command=true&stdout=1'],
  ['v9.channel.k8s.io', 'command=true&stdout=1'],
])('a command over the WebSocket protocol %s: %s', async (protocol, query) => {
  const [real, ours] = await Promise.all(
    clusters.map(async (env) => {
      await runCommand('kubectl', ['-n', namespace, 'apply', '-f', '-'], { env, input: WEB });
      await mustRun('kubectl', ['-n', namespace, 'rollout', 'status', 'deployment/web'], { env });
      const pod = await podOf(env);
      const where = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`;
      const answer = await channelStream(where, protocol, env, { channel: 0, text: 'a line\n' });
      return JSON.parse(JSON.stringify(answer).replaceAll(pod, 'POD').replaceAll(namespace, 'NS'));
    }),
  );
  compared.commands += 1;
  const rows = differences(real, ours).map((row) => `${protocol} ${query} ${JSON.stringify(row)}`);
  expect(rows.filter((row) => !KUBECTL_EXPLAINED.some(({ where }) => where.test(row)))).toEqual([]);
});

test.each([
  'a,b/c%2Cd/p;q=1/e%3Bf',
  'm@n:o+r&s=$t!u(v)*w',
  "it's~_-./%C3%A9%7Bx%7D/%7C%22/",
  'q%3Fr/w%23v/%5B1%5D/a%2Fb/100%25?q=%2C,',
])('a path is passed on to a program: %s', async (path) => {
  const [real, ours] = await Promise.all(
    clusters.map(async (env) => {
      await runCommand('kubectl', ['-n', namespace, 'apply', '-f', '-'], { env, input: WEB });
      await mustRun('kubectl', ['-n', namespace, 'rollout', 'status', 'deployment/web'], { env });
      const where = `/api/v1/namespaces/${namespace}/services/web:80/proxy/${path}`;
      return await mustRun('kubectl', ['get', '--raw', where], { env });
    }),
  );
  compared.commands += 1;
  expect(ours).toBe(real);
});

const waits = { name: 'web', image: 'busybox', imagePullPolicy: 'IfNotPresent', command: ['sleep', '600'] };
test.each<[string, { readonly phase: string; readonly refusal?: string }, object]>([
  [
    'no-node',
    { phase: 'Pending', refusal: 'does not have a host assigned' },
    { nodeSelector: { no: 'such' }, containers: [waits] },
  ],
  ['initialising', { phase: 'Pending' }, { initContainers: [{ ...waits, name: 'first' }], containers: [waits] }],
  ['no-image', { phase: 'Pending' }, { containers: [{ ...waits, image: 'no:such', imagePullPolicy: 'Never' }] }],
  [
    'ended',
    { phase: 'Succeeded', refusal: 'pod not found' },
    { restartPolicy: 'Never', containers: [{ ...waits, command: ['true'] }] },
  ],
])('a port of a pod that does not run is asked for: %s', async (name, { phase, refusal }, spec) => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
  const [real, ours] = await Promise.all(
    clusters.map(async (env) => {
      const kubectl = (...args: string[]) => mustRun('kubectl', ['-n', namespace, ...args], { env });
      await runCommand('kubectl', ['-n', namespace, 'apply', '-f', '-'], { env, input: JSON.stringify(pod) });
      await poll(
        () => kubectl('get', 'pod', name, '-o', 'jsonpath={.status.phase}'),
        (answer) => answer === phase,
        { what: `${name} is ${phase}` },
      );
      const where = `/api/v1/namespaces/${namespace}/pods/${name}/portforward?ports=80`;
      // Its network comes and goes a moment after its status, and is refused in other words while it goes.
      const answer = await poll(
        () => channelStream(where, 'v4.channel.k8s.io', env),
        (one) => (refusal === undefined ? !('status' in one) : JSON.stringify(one).includes(refusal)),
        { what: `a port of ${name} is ${refusal === undefined ? 'forwarded' : `refused: ${refusal}`}` },
      );
      return JSON.parse(JSON.stringify(answer).replaceAll(namespace, 'NS'));
    }),
  );
  compared.commands += 1;
  const rows = differences(real, ours).map((row) => `portforward ${name} ${JSON.stringify(row)}`);
  expect(rows.filter((row) => !KUBECTL_EXPLAINED.some(({ where }) => where.test(row)))).toEqual([]);
});
