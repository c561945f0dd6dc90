import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'vitest';
import { ConnectionLoad } from '../rig/connection-load.ts';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { freePort } from '../rig/free-port.ts';
import { plainRequest } from '../rig/http-answer.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';
import { sampleUntil } from '../rig/sample-until.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

const configOf = (port: number) => `services:\n  hello:\n    killAfterMs: 5000\n    ports: ["${port}:8080"]\n`;

const test = testOnSharedRig('hello-service', async (rig) => {
  // a program that answers what it has begun with when it is told to end: what is lost then, the forward has lost
  await rig.edit('hello/server.js', (text) => text.replace('process.exit(0)', 'server.close(() => process.exit(0))'));
  await rig.writeConfig(configOf(await freePort()));
});

/** The port of this machine that leads to the service, once it does. */
async function forwardedPort(rig: DevloopRig): Promise<number> {
  const [forward] = await poll(
    async () => (await rig.service('hello')).forwards,
    (forwards) => forwards[0]?.port === 8080 && forwards[0].status === 'listening',
    { what: 'the configured port is forwarded' },
  );
  return forward?.local ?? expect.fail('nothing is forwarded');
}

/** What a port of this machine answers; waited for longer than a forward lets a connection wait. */
async function answerAt(port: number): Promise<string> {
  return (await plainRequest(`http://localhost:${port}/`, { timeoutMs: 40_000 })).body;
}

async function listenSomewhere(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as net.AddressInfo).port };
}

test('a port is forwarded, through swaps, rollouts and deleted pods', async ({ rig }) => {
  const port = await forwardedPort(rig);
  const url = `http://127.0.0.1:${port}/`;
  const answers = (body: string) =>
    poll(
      () => plainRequest(url),
      (answer) => answer.body === body,
      { what: `${url} answers ${body}` },
    );
  await answers((await rig.read('hello/message.txt')).trim());
  expect((await rig.service('hello')).forwards).toEqual([{ local: port, port: 8080, status: 'listening' }]);

  const swapped = unique('swapped');
  await rig.writeAtomic('hello/message.txt', swapped);
  await answers(swapped);

  const rolled = unique('rolled');
  await rig.writeConfig(`${configOf(port)}    rollout: rolling\n`);
  await rig.writeAtomic('hello/message.txt', rolled);
  await answers(rolled);

  const [pod] = await rig.pods('app=hello');
  await rig.deletePodAndWait(pod.metadata.name);
  await answers(rolled);

  await rig.devloop(['stop']);
  await expect(plainRequest(url)).rejects.toThrow(/ECONNREFUSED/);
  await rig.events.ended();
  await rig.writeConfig(configOf(port));
});

test('a port that is taken is said, and not changed silently', async ({ rig }) => {
  const config = await rig.read('devloop.yaml');
  const { server, port } = await listenSomewhere();
  const since = rig.mark();
  try {
    await reconfigure(rig, () => rig.writeConfig(configOf(port)));
    const changed = await rig.event(eventOf('forward-changed', { status: 'failed' }), since);
    expect(changed).toMatchObject({ local: port, failure: { code: 'forward/port-taken' } });
    expect(changed.failure?.message).toContain(`Port ${port} of this machine is taken by process ${process.pid} (`);
    // the service is live all the same
    await rig.event(passEnded('hello', 'live'), since);
    await rig.serves('hello', /./);
  } finally {
    server.close();
  }
  await rig.event(eventOf('forward-changed', { status: 'listening', local: port }), since);
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});

test('no new connection is refused or reset through a swap and a rolling update', async ({ rig }) => {
  const port = await forwardedPort(rig);
  await using load = new ConnectionLoad({ host: '127.0.0.1', port }, 20);
  for (const rollout of ['swap', 'rolling'] as const) {
    const before = rig.mark();
    await rig.writeConfig(`${configOf(port)}    rollout: ${rollout}\n`);
    await rig.event(eventOf('pass-ended', { service: 'hello', outcome: 'live', kind: 'none' }), before);
    const since = rig.mark();
    await rig.writeAtomic('hello/message.txt', unique(rollout));
    await rig.event(eventOf('pass-ended', { service: 'hello', outcome: 'live', kind: rollout }), since);
  }
  await load[Symbol.asyncDispose]();
  const outcomes = load.take();
  expect(outcomes.length).toBeGreaterThan(20);
  expect(outcomes.filter(({ ended }) => ended !== 'answered')).toEqual([]);
  await reconfigure(rig, () => rig.writeConfig(configOf(port)));
});

/** Listens a second after it was started, and goes on for three after it was told to end. */
const LATE = `const message = require('node:fs').readFileSync(__dirname + '/message.txt', 'utf8').trim();
const server = require('node:http').createServer((_request, response) => response.end(message));
setTimeout(() => server.listen(8080), 1000);
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 3000));
`;

test('in a rolling update the old program answers until the new one listens, and never after that', async () => {
  await using rig = await openRig('hello-service');
  const port = await freePort();
  await rig.write('hello/server.js', LATE);
  const [before, after] = [unique('before'), unique('after')];
  await rig.write('hello/message.txt', before);
  await rig.writeConfig(`services:\n  hello:\n    rollout: rolling\n    ports: ["${port}:8080"]\n`);
  await rig.start();
  const ask = () => answerAt(port);
  expect(await ask()).toBe(before);
  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', after);
  let isLive = false;
  const live = rig.event(eventOf('pass-ended', { service: 'hello', outcome: 'live', kind: 'rolling' }), since);
  const told = live.then(() => {
    isLive = true;
  });
  const answers: string[] = [];
  await sampleUntil(
    () => isLive,
    async () => void answers.push(await ask()),
  );
  await told;
  expect(await ask()).toBe(after); // what is called live is what answers
  const first = answers.indexOf(after);
  expect(answers.slice(0, first < 0 ? answers.length : first).every((answer) => answer === before)).toBe(true);
  expect(first < 0 ? [] : answers.slice(first).filter((answer) => answer !== after)).toEqual([]);
});

test('what is in another namespace is forwarded, as the config says and at run time', async ({ rig: other }) => {
  await using rig = await openRig('hello-service');
  const message = unique('elsewhere');
  await other.writeAtomic('hello/message.txt', message);
  await other.start();
  const [configured, added] = [await freePort(), await freePort()];
  const { namespace } = other;
  await rig.writeConfig(
    `services:\n  hello:\nforwards:\n  - { to: service/hello, namespace: ${namespace}, local: ${configured}, port: 80 }\n`,
  );
  await rig.start();
  expect(await answerAt(configured)).toBe(message);
  const to = `${namespace}/deployment/hello`;
  await rig.devloop(['ports', 'add', to, `${added}:8080`]);
  expect(await answerAt(added)).toBe(message);
  const { others } = JSON.parse((await rig.devloop(['ports', '--json'])).stdout);
  expect(others).toEqual([
    { to: `${namespace}/service/hello`, local: configured, port: 80, status: 'listening' },
    { to, local: added, port: 8080, status: 'listening' },
  ]);
  await rig.devloop(['ports', 'remove', to, String(added)]);
  await expect(plainRequest(`http://localhost:${added}/`)).rejects.toThrow(/ECONNREFUSED/);
});

test('ports that nobody named are chosen, kept by the next daemon, shown, opened, added and removed', async () => {
  await using rig = await openRig('hello-service');
  const wanted = await freePort(); // no other project of this machine takes it while no daemon has it
  for (const file of ['hello/server.js', 'k8s/hello.yaml']) {
    await rig.edit(file, (text) => text.replaceAll('8080', String(wanted)));
  }
  await rig.start();
  const chosen = async () => (await rig.service('hello')).forwards;
  const [first] = await chosen();
  if (first === undefined) throw new Error('nothing was chosen');
  expect(first).toMatchObject({ local: wanted, port: 'http', status: 'listening', chosen: true });
  const message = (await rig.read('hello/message.txt')).trim();
  expect(await answerAt(first.local)).toBe(message);

  await rig.devloop(['stop']);
  await rig.events.ended();
  await rig.start();
  expect(await chosen()).toEqual([first]);

  const listed = await rig.devloop(['ports']);
  expect(listed.stdout).toMatch(new RegExp(`hello +localhost:${first.local} +http +forward, chosen by devloop`));
  const opened = await rig.devloop(['open', 'hello']);
  expect(opened.stdout).toContain(`http://localhost:${first.local}`);

  const local = await freePort();
  await rig.devloop(['ports', 'add', 'service/hello', `${local}:80`]);
  expect(await answerAt(local)).toBe(message);
  const { others } = JSON.parse((await rig.devloop(['ports', '--json'])).stdout);
  expect(others).toEqual([{ to: 'service/hello', local, port: 80, status: 'listening' }]);
  await rig.devloop(['ports', 'remove', 'service/hello', String(local)]);
  await expect(plainRequest(`http://localhost:${local}/`)).rejects.toThrow(/ECONNREFUSED/);

  const since = rig.mark();
  await rig.writeConfig('services:\n  hello:\nchoosePorts: false\n');
  await rig.event(eventOf('forward-changed', { status: 'closed', local: first.local }), since);
  expect(await chosen()).toEqual([]);
});
