import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import type { CommandResult } from '@devloop/shared/protocol/command';
import type { PassRecord } from '@devloop/shared/protocol/service-detail';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeDaemon, liveService, snapshotOf } from '../daemon/daemon.fake.ts';
import { runtimeOf } from '../daemon/runtime.ts';
import { EXIT } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { Terminal } from '../terminal/terminal.ts';
import { type Act, act } from './act.ts';
import { check } from './check.ts';
import type { CommandContext } from './command-context.ts';
import { down } from './down.ts';
import { events } from './events.ts';
import { history } from './history.ts';
import { init } from './init.ts';
import { open } from './open.ts';
import { addPort, ports, removePort } from './ports.ts';
import { rebuild } from './rebuild.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { up } from './up.ts';
import { wait } from './wait.ts';

let folder = '';
let scratch = '';

beforeEach(async () => {
  scratch = await realpath(await mkdtemp(path.join(tmpdir(), 'devloop-commands-')));
  folder = path.join(scratch, 'shop');
  vi.stubEnv('XDG_RUNTIME_DIR', scratch);
  await mkdir(path.join(folder, 'web'), { recursive: true });
  await writeFile(path.join(folder, 'devloop.yaml'), 'services:\n  web:\n');
  await writeFile(path.join(folder, 'web/Dockerfile'), 'FROM scratch\nEXPOSE 8080\n');
  await mkdir(runtimeOf(folder).folder, { recursive: true, mode: 0o700 });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(scratch, { recursive: true, force: true });
});

/** A command's surroundings, with what it has printed. */
function stage(cwd = folder) {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = (stream: PassThrough) => String(stream.read() ?? '');
  const controller = new AbortController();
  const terminal = new Terminal(input, output, errors, {});
  const context: CommandContext = { terminal, signal: controller.signal, cwd, startFolder: cwd };
  return { context, controller, stdout: () => printed(output), stderr: () => printed(errors) };
}

const listen = () => FakeDaemon.listen(runtimeOf(folder).socket);
const UP = { detach: false, plain: false, sandbox: false, verbose: false, yes: false, timeoutSeconds: 20 };
const CTRL_C = new Interruption('ended by SIGINT', EXIT.interrupted);
const live = (service: string, revision: number) =>
  ({
    type: 'pass-ended',
    service,
    revision,
    outcome: 'live',
    kind: 'swap',
    times: { noticedAt: 0, startedAt: 0, endedAt: 480 },
  }) as const;

describe('up', () => {
  test('shows the state and what happens, and Ctrl-C leaves everything running', async () => {
    await using daemon = await listen();
    daemon.snapshot = snapshotOf([liveService('web')]);
    const { context, controller, stdout } = stage();
    const ended = up([], UP, context);
    await daemon.streaming();
    daemon.publish(live('web', 4));
    daemon.send({ type: 'gap', missed: 2 });
    let text = '';
    while (!text.includes('missing')) {
      text += stdout();
      await new Promise((resolve) => setImmediate(resolve));
    }
    controller.abort(CTRL_C);
    expect(await ended).toBe(EXIT.ok);
    text += stdout();
    expect(text).toContain(`Attached to the daemon of . (process ${process.pid}).\nshop: minikube`);
    expect(text).toContain('web  live in 0.48 s');
    expect(text).toMatch(/Everything keeps running.*devloop down/);
  });

  test('-d returns when all is live', async () => {
    await using daemon = await listen();
    daemon.snapshot = snapshotOf([liveService('web')]);
    daemon.answer = () => ({ type: 'look-again', revision: 3 });
    const { context, stdout } = stage();
    expect(await up([], { ...UP, detach: true }, context)).toBe(EXIT.ok);
    expect(stdout()).toContain('Live: web.');
  });

  test('-d with a broken configuration says where', async () => {
    await using daemon = await listen();
    const file = path.join(folder, 'devloop.yaml');
    const diagnostic = { file, line: 2, column: 3, length: 3, source: '  wep:', message: 'What is wep?', hint: 'web' };
    daemon.snapshot = snapshotOf([], { diagnostics: [diagnostic] });
    const { context, stdout } = stage();
    expect(await up([], { ...UP, detach: true }, context)).toBe(EXIT.config);
    expect(stdout()).toContain('devloop.yaml:2:3: What is wep?');
  });
});

describe('what the daemon is asked to do', () => {
  test.each([
    [{ type: 'restart-service', service: 'web' }, { type: 'restart-service' }, 'web is started again.'],
    [{ type: 'scale-service', service: 'web', replicas: 3 }, { type: 'scale-service' }, 'web is scaled to 3'],
    [{ type: 'roll-back', service: 'web' }, { type: 'roll-back', image: 'web:1' }, 'web goes back to web:1'],
    [{ type: 'pause', services: [] }, { type: 'pause', services: ['web', 'api'] }, 'web, api are paused'],
    [{ type: 'resume', services: ['web'] }, { type: 'resume', services: [] }, 'Nothing changed'],
  ] as const)('%j', async (what, answer, said) => {
    await using daemon = await listen();
    daemon.answer = () => structuredClone(answer) as CommandResult;
    const { context, stdout } = stage();
    expect(await act(what as Act, context)).toBe(EXIT.ok);
    expect(daemon.commands).toEqual([what]);
    expect(stdout()).toContain(said);
  });
});

describe('ports', () => {
  const taken: ErrorReport = {
    code: 'forward/port-taken',
    message: 'Port 81 is taken.',
    remedy: 'End it.',
    evidence: [],
  };
  const web = liveService('web', {
    forwards: [
      { local: 20_080, port: 80, status: 'listening', chosen: true },
      { local: 81, port: 'admin', status: 'failed', failure: taken, address: '::' },
    ],
    urls: [
      { url: 'http://localhost:20080', through: 'forward' },
      { url: 'http://10.0.0.7:31234', through: 'node-port' },
    ],
    unreachableNodePorts: [31_235],
  });
  const redis = { to: 'service/redis', local: 6379, port: 6379, status: 'listening' } as const;

  test('as a table and as JSON', async () => {
    await using daemon = await listen();
    daemon.snapshot = snapshotOf([web], { forwards: [redis] });
    const { context, stdout } = stage();
    expect(await ports({ json: false }, context)).toBe(EXIT.ok);
    const rows = stdout()
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      ['SERVICE', 'ADDRESS', 'PORT', 'HOW'],
      ['web', 'localhost:20080', '80', 'forward, chosen by devloop'],
      ['web', '[::]:81', 'admin', 'failed: Port 81 is taken.'],
      ['web', 'http://10.0.0.7:31234', '-', 'node-port'],
      [
        'web',
        '-',
        '31235',
        expect.stringContaining('not reached from this machine; forward it: devloop ports add web'),
      ],
      ['service/redis', 'localhost:6379', '6379', 'forward'],
    ]);
    expect(await ports({ json: true }, context)).toBe(EXIT.ok);
    expect(JSON.parse(stdout())).toMatchObject({
      services: [{ name: 'web', forwards: web.forwards }],
      others: [redis],
    });
    daemon.snapshot = snapshotOf([liveService('web')]);
    expect(await ports({ json: false }, context)).toBe(EXIT.ok);
    expect(stdout()).toContain('devloop ports add SERVICE LOCAL:PORT');
  });

  test('added and removed', async () => {
    await using daemon = await listen();
    daemon.snapshot = snapshotOf([web], { forwards: [redis] });
    daemon.answer = ({ type }) => ({ type }) as CommandResult;
    const { context, stdout } = stage();
    expect(await addPort('service/redis', { local: 6379, port: 6379 }, context)).toBe(EXIT.ok);
    expect(stdout()).toContain('localhost:6379 leads to 6379 of service/redis');
    expect(await addPort('web', { local: 81, port: 'admin', address: '::' }, context)).toBe(EXIT.failed);
    expect(stdout()).toBe('Port 81 is taken.\nEnd it.\n');
    expect(await removePort('web', 20_080, context)).toBe(EXIT.ok);
    expect(daemon.commands).toEqual([
      { type: 'add-forward', service: 'service/redis', local: 6379, port: 6379 },
      { type: 'add-forward', service: 'web', local: 81, port: 'admin', address: '::' },
      { type: 'remove-forward', service: 'web', local: 20_080 },
    ]);
  });

  test('open prints the address where no browser can be started, and says what is missing', async () => {
    vi.stubEnv('PATH', scratch);
    await using daemon = await listen();
    daemon.snapshot = snapshotOf([web, liveService('api')]);
    const { context, stdout } = stage();
    expect(await open('web', context)).toBe(EXIT.ok);
    expect(stdout()).toBe('http://localhost:20080\n');
    await expect(open('api', context)).rejects.toMatchObject({ code: 'command/refused' });
    await expect(open('wep', context)).rejects.toMatchObject({
      code: 'service/unknown',
      remedy: 'The services are: web, api.',
    });
  });
});

describe('status', () => {
  test('as a table and as JSON', async () => {
    await using daemon = await listen();
    daemon.snapshot = snapshotOf([liveService('web')]);
    const { context, stdout } = stage(path.join(folder, 'web'));
    expect(await status({ json: false }, context)).toBe(EXIT.ok);
    expect(stdout()).toMatch(/SERVICE .*\nweb +live/);
    expect(await status({ json: true }, context)).toBe(EXIT.ok);
    expect(JSON.parse(stdout())).toEqual(daemon.snapshot);
  });

  test('without a daemon', async () => {
    const { context, stdout } = stage();
    await expect(status({ json: false }, context)).rejects.toMatchObject({ code: 'daemon/unreachable' });
    expect(await status({ json: true }, context)).toBe(EXIT.daemon);
    expect(JSON.parse(stdout())).toMatchObject({ error: { code: 'daemon/unreachable', remedy: expect.any(String) } });
  });

  test('without a configuration', async () => {
    const { context } = stage(scratch);
    await expect(status({ json: false }, context)).rejects.toMatchObject({ code: 'config/not-found' });
    await expect(status({ json: false }, { ...context, startFolder: '/no/such' })).rejects.toMatchObject({
      message: 'There is no folder /no/such.',
    });
  });
});

test('history tells what became of saves, as a table and as JSON, and which build is live', async () => {
  await using daemon = await listen();
  daemon.snapshot = snapshotOf([liveService('web', { liveImage: 'web:devloop-2' }), liveService('api')]);
  const times = { noticedAt: 0, startedAt: 0, endedAt: 480 };
  const failure: ErrorReport = { code: 'build/failed', message: 'It broke.', remedy: 'Mend it.', evidence: [] };
  const passes: PassRecord[] = [
    { revision: 3, outcome: 'failed', kind: 'none', times, paths: ['web/a.js', 'web/b.js'], cause: 'files', failure },
    { revision: 2, outcome: 'live', kind: 'swap', times, paths: ['web/a.js'], cause: 'files', image: 'web:devloop-2' },
    { revision: 1, outcome: 'live', kind: 'rolling', times, paths: [], cause: 'start', image: 'web:devloop-1' },
  ];
  const rest = { workloads: [], pods: [], config: '' };
  daemon.details = [
    { service: 'web', passes, ...rest },
    { service: 'api', passes: [], ...rest },
  ];
  const { context, stdout } = stage();
  expect(await history('web', { json: false }, context)).toBe(EXIT.ok);
  const [head, ...rows] = stdout().trimEnd().split('\n');
  expect(head).toMatch(/^SAVE +OUTCOME +TOOK +WHEN +BUILD +WHY$/);
  expect(rows).toEqual([
    expect.stringMatching(/^#3 +failed +0\.48 s +\S+ d ago +- +web\/a\.js \+1 {2}It broke\.$/),
    expect.stringMatching(/^#2 +live .* web:devloop-2 \(live\) +web\/a\.js {2}swap$/),
    expect.stringMatching(/^#1 +live .* web:devloop-1 +start {2}rolling$/),
  ]);
  expect(await history('web', { json: true }, context)).toBe(EXIT.ok);
  expect(JSON.parse(stdout())).toEqual(passes);
  expect(await history('api', { json: false }, context)).toBe(EXIT.ok);
  expect(stdout()).toContain('Nothing of api has gone live or failed');
  await expect(history('wep', { json: false }, context)).rejects.toMatchObject({ code: 'service/unknown' });
});

test('wait and rebuild --wait name the revision that is live', async () => {
  await using daemon = await listen();
  daemon.snapshot = snapshotOf([liveService('web')]);
  daemon.answer = ({ type }) =>
    type === 'look-again' ? { type, revision: 3 } : { type: 'rebuild-service', revision: 4 };
  const { context, stdout } = stage();
  expect(await wait(['web'], { timeoutSeconds: 20 }, context)).toBe(EXIT.ok);
  expect(stdout()).toContain('Live: web #3.');
  const rebuilt = rebuild('web', { wait: true, timeoutSeconds: 20 }, context);
  await daemon.requested('POST /v1/command', 2);
  daemon.snapshot = snapshotOf([liveService('web', { seenRevision: 4, liveRevision: 4 })]);
  daemon.publish(live('web', 4));
  expect(await rebuilt).toBe(EXIT.ok);
  expect(stdout()).toContain('Live: web #4.');
  expect(await rebuild('web', { wait: false, timeoutSeconds: 20 }, context)).toBe(EXIT.ok);
  expect(stdout()).toContain('web is built again as #4.');
});

test('events prints what the daemon publishes as it is, what it does not know too', async () => {
  await using daemon = await listen();
  const { context, stdout, stderr } = stage();
  const ended = events({ after: 0 }, context);
  await daemon.streaming();
  const newer = { v: 1, seq: 9, at: '2026-01-01T12:00:00Z', event: { type: 'sun-rose', colour: 'red' } };
  daemon.send({ type: 'event', published: newer });
  daemon.send({ type: 'gap', missed: 2 });
  daemon.send({ type: 'goodbye', reason: 'asked to' });
  expect(await ended).toBe(EXIT.ok);
  expect(stdout()).toBe(`${JSON.stringify(newer)}\n`);
  expect(stderr()).toBe('devloop: 2 events are missing here\n');
  expect(daemon.requests).toContain('GET /v1/stream?after=0');
});

test('init and up say why nothing of what is there can be run', async () => {
  await rm(path.join(folder, 'devloop.yaml'));
  await rm(path.join(folder, 'web'), { recursive: true });
  await writeFile(
    path.join(folder, 'job.yaml'),
    'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: seed- }\n',
  );
  const { context } = stage();
  const refusal = {
    code: 'config/not-found',
    message: expect.stringContaining(`There is nothing in ${folder} that devloop could run`),
    evidence: [expect.stringMatching(/^job\.yaml:3 cannot be deployed: Job has no `metadata\.name`/)],
  };
  await expect(init({ print: false, yes: false }, context)).rejects.toMatchObject(refusal);
  await expect(up([], { ...UP, yes: true }, context)).rejects.toMatchObject(refusal);
});

test('stop says so when there is nothing to stop, with and without a configuration', async () => {
  const { context, stdout } = stage();
  expect(await stop(context)).toBe(EXIT.ok);
  expect(stdout()).toBe('No daemon runs for this project.\n');
});

describe('down', () => {
  const objects = [
    { kind: 'Deployment', name: 'web', namespace: 'shop' },
    { kind: 'Namespace', name: 'shop' },
  ];

  test('lists, and refuses to delete where nobody can be asked', async () => {
    await using daemon = await listen();
    daemon.answer = () => ({ type: 'plan-down', objects });
    const { context, stdout } = stage();
    await expect(down({ yes: false }, context)).rejects.toMatchObject({
      remedy: 'If these may go: devloop down --yes',
    });
    expect(stdout()).toBe('devloop down deletes:\n  Deployment  web   shop\n  Namespace   shop\n');
    expect(daemon.commands).toEqual([{ type: 'plan-down' }]);
  });
});

describe('check', () => {
  test('a project that is in order', async () => {
    const { context, stdout } = stage();
    expect(await check(context)).toBe(EXIT.ok);
    expect(stdout()).toMatch(/^shop is in order: 1 service \(web\), \d objects\.\n$/);
  });

  test('one that is not', async () => {
    await writeFile(path.join(folder, 'devloop.yaml'), 'services:\n  web:\n    rolout: swap\n');
    const { context, stdout } = stage();
    expect(await check(context)).toBe(EXIT.failed);
    expect(stdout()).toMatch(/^devloop\.yaml:3:5: [\s\S]*rollout[\s\S]*1 problem\.\n$/);
  });
});
