import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApiStream } from './rig/api-stream.ts';
import { mustRun } from './rig/run-command.ts';
import { RunningSandbox } from './rig/running-sandbox.ts';
import { SandboxClient } from './rig/sandbox-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

let sandbox: RunningSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await RunningSandbox.open();
  client = new SandboxClient(sandbox.folder);
});

beforeEach(() => client.fault({ is: 'no-faults' }));

afterAll(() => sandbox[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, as the API has them
async function object(where: string): Promise<any> {
  const { status, body } = await client.api(where);
  expect(status, body).toBe(200);
  return JSON.parse(body);
}

async function createConfigMap(name: string): Promise<void> {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  expect((await client.api(CONFIG_MAPS, { method: 'POST', body })).status).toBe(201);
}

/** A watch from now on, that has told of a first object. */
async function watchConfigMaps(first: string): Promise<ApiStream> {
  const { metadata } = await object(CONFIG_MAPS);
  const watch = await client.follow(`${CONFIG_MAPS}?watch=1&resourceVersion=${metadata.resourceVersion}`);
  await createConfigMap(first);
  await watch.line((line) => line.includes(`"${first}"`));
  return watch;
}

/** Resolves with a pod of the default namespace as it is when it first fits. */
// biome-ignore lint/suspicious/noExplicitAny: objects as the API has them
async function pod(name: string, fits: (pod: any) => boolean): Promise<any> {
  using watch = await client.follow(`${PODS}?watch=1&fieldSelector=metadata.name%3D${name}`);
  return JSON.parse(await watch.line((line) => fits(JSON.parse(line).object))).object;
}

// biome-ignore lint/suspicious/noExplicitAny: objects as the API has them
const isRunning = ({ status }: any) => status.phase === 'Running';

/** A pod that goes on, from an image that every engine of a sandbox has. */
async function runPod(name: string, script: string): Promise<void> {
  const spec = {
    terminationGracePeriodSeconds: 0,
    containers: [{ name, image: 'node', command: ['node', '-e', script] }],
  };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  expect((await client.api('/api/v1/namespaces/default/pods', { method: 'POST', body })).status).toBe(201);
  await pod(name, isRunning);
}

/** The context of a build, as `docker build` sends it. */
async function context(dockerfile: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'context-'));
  try {
    await writeFile(path.join(folder, 'Dockerfile'), dockerfile);
    return await mustRun('tar', ['-c', '-C', folder, 'Dockerfile']);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function build(archive: string, version: 1 | 2) {
  const headers = { 'content-type': 'application/x-tar' };
  return client.engine(`/build?version=${version}&t=of-a-test`, { method: 'POST', headers, body: archive });
}

test('requests can be slow: a client with little patience gets no answer', async () => {
  await client.fault({ is: 'slow-api', delayMs: 60_000 });
  await expect(client.api(CONFIG_MAPS, { timeoutMs: 500 })).rejects.toThrow('aborted');
  await client.fault({ is: 'no-faults' });
  expect((await client.api(CONFIG_MAPS)).status).toBe(200);
});

test('as many requests fail as were told to, and only those that match', async () => {
  const message = 'etcdserver: request timed out';
  await client.fault({
    is: 'failing-api',
    method: 'GET',
    path: '/configmaps$',
    times: 2,
    status: 500,
    reason: 'InternalError',
    message,
  });
  expect((await client.api('/api/v1/namespaces/default/secrets')).status).toBe(200);
  for (const _ of [1, 2]) {
    const { status, body } = await client.api(CONFIG_MAPS);
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'InternalError', message });
  }
  expect((await client.api(CONFIG_MAPS)).status).toBe(200);
});

test('failing requests are taken back before they have all failed', async () => {
  const how = { times: 1000, status: 503, reason: 'ServiceUnavailable', message: 'away' };
  await client.fault({ is: 'failing-api', ...how });
  expect((await client.api(CONFIG_MAPS)).status).toBe(503);
  await client.fault({ is: 'no-faults' });
  expect((await client.api(CONFIG_MAPS)).status).toBe(200);
});

test('connections are refused, and those that are open cut', async () => {
  using watch = await watchConfigMaps('before-refusal');
  await client.fault({ is: 'no-connections' });
  expect(await watch.ended).toBe('cut');
  await expect(client.api(CONFIG_MAPS)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await client.fault({ is: 'no-faults' });
  expect((await client.api(CONFIG_MAPS)).status).toBe(200);
});

test('watches are cut, and can go on from where they were', async () => {
  using watch = await watchConfigMaps('before-the-cut');
  const { resourceVersion } = (await object(`${CONFIG_MAPS}/before-the-cut`)).metadata;
  await client.fault({ is: 'drop-watches' });
  expect(await watch.ended).toBe('cut');
  await createConfigMap('meanwhile');
  using next = await client.follow(`${CONFIG_MAPS}?watch=1&resourceVersion=${resourceVersion}`);
  expect(JSON.parse(await next.line(() => true))).toMatchObject({
    type: 'ADDED',
    object: { metadata: { name: 'meanwhile' } },
  });
});

test('followed logs are cut, and are there again', async () => {
  await runPod('talks', "let n = 0; setInterval(() => console.log('word ' + (n += 1)), 20)");
  const log = '/api/v1/namespaces/default/pods/talks/log?follow=true';
  using stream = await client.follow(log);
  await stream.line((line) => line === 'word 3');
  await client.fault({ is: 'drop-streams' });
  expect(await stream.ended).toBe('cut');
  using next = await client.follow(log);
  await next.line((line) => line === 'word 50');
});

test('a kubelet that is started anew: followed logs end as if they were over, and are refused for a while', async () => {
  await runPod('outlives-a-kubelet', "let n = 0; setInterval(() => console.log('word ' + (n += 1)), 20)");
  const log = '/api/v1/namespaces/default/pods/outlives-a-kubelet/log';
  using stream = await client.follow(`${log}?follow=true`);
  await stream.line((line) => line === 'word 3');
  await client.fault({ is: 'no-streams' });
  expect(await stream.ended).toBe('closed');
  const { status, body } = await client.api(log);
  expect(status).toBe(500);
  expect(JSON.parse(body).message).toMatch(
    /^Get "https:\/\/.*\/outlives-a-kubelet": dial tcp .*:10250: connect: connection refused$/,
  );
  await client.fault({ is: 'no-faults' });
  using next = await client.follow(`${log}?follow=true`);
  await next.line((line) => line === 'word 50');
});

test('resource versions expire: watches and continued lists get 410, and a new list leads on', async () => {
  await createConfigMap('of-old');
  const { resourceVersion } = (await object(`${CONFIG_MAPS}/of-old`)).metadata;
  const page = await object(`${CONFIG_MAPS}?limit=1`);
  await createConfigMap('of-late');
  await client.fault({ is: 'expire-history' });
  using watch = await client.follow(`${CONFIG_MAPS}?watch=1&resourceVersion=${resourceVersion}`);
  expect(JSON.parse(await watch.line(() => true))).toMatchObject({
    type: 'ERROR',
    object: { code: 410, reason: 'Expired', message: expect.stringContaining('too old resource version') },
  });
  expect(await watch.ended).toBe('closed');
  const next = await client.api(`${CONFIG_MAPS}?limit=1&continue=${page.metadata.continue}`);
  expect(next.status).toBe(410);
  using again = await watchConfigMaps('of-now');
  expect(again.lines).toHaveLength(1);
});

test('a restart is at another port, with other certificates and the same objects', async () => {
  using watch = await watchConfigMaps('before-the-restart');
  const before = await mustRun('cat', [path.join(sandbox.folder, 'kubeconfig')]);
  await client.restart();
  expect(await watch.ended).toBe('cut');
  const after = await mustRun('cat', [path.join(sandbox.folder, 'kubeconfig')]);
  const [old, now] = [before, after].map((text) => /server: https:\/\/([\d.]+):(\d+)/.exec(text)?.slice(1) ?? []);
  expect(now?.[0]).toBe(old?.[0]);
  expect(now?.[1]).not.toBe(old?.[1]);
  expect(/certificate-authority-data: (.*)/.exec(after)?.[1]).not.toBe(
    /certificate-authority-data: (.*)/.exec(before)?.[1],
  );
  const socket = connect({ host: String(old?.[0]), port: Number(old?.[1]) });
  const [refusal] = await once(socket, 'error');
  expect(refusal.code).toBe('ECONNREFUSED');
  expect((await object(`${CONFIG_MAPS}/before-the-restart`)).metadata.name).toBe('before-the-restart');
});

test('a full disk refuses builds and new containers, and lets running ones be', async () => {
  await runPod('goes-on', 'setInterval(() => {}, 1000)');
  const archive = await context('FROM busybox\nRUN true\n');
  await client.fault({ is: 'full-disk' });
  const classic = await build(archive, 1);
  expect(classic.status).toBe(500);
  expect(JSON.parse(classic.body).message).toMatch(/^mkdir \/.*\/tmp\/docker-builder\d+: no space left on device$/);
  const buildkit = await build(archive, 2);
  expect(buildkit.body).toMatch(
    /failed to solve: failed to read dockerfile: failed to create temp dir: mkdir [^"]*\/tmp\/buildkit-mount\d+: no space left on device/,
  );
  const create = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"Image":"node"}' };
  const created = await client.engine('/containers/create', create);
  expect(created.status).toBe(500);
  expect(JSON.parse(created.body).message).toMatch(
    /^mkdir \/.*\/overlay2\/[0-9a-f]{64}-init: no space left on device$/,
  );
  expect((await object('/api/v1/namespaces/default/pods/goes-on')).status.phase).toBe('Running');
  await client.fault({ is: 'no-faults' });
  expect((await build(archive, 1)).body).toContain('Successfully tagged of-a-test:latest');
});

test('a pod that comes to a full disk says so, and runs when there is room', async () => {
  await runPod('image-is-there', 'setInterval(() => {}, 1000)');
  await client.fault({ is: 'full-disk' });
  const spec = {
    containers: [
      { name: 'c', image: 'node', imagePullPolicy: 'Never', command: ['node', '-e', 'setInterval(() => {}, 1000)'] },
    ],
  };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'has-no-room' }, spec });
  await client.api('/api/v1/namespaces/default/pods', { method: 'POST', body });
  const waiting = await pod(
    'has-no-room',
    ({ status }) => status.containerStatuses?.[0].state.waiting?.reason === 'CreateContainerError',
  );
  expect(waiting.status.containerStatuses[0].state.waiting.message).toContain('no space left on device');
  await client.fault({ is: 'no-faults' });
  await pod('has-no-room', isRunning);
});

test('the engine goes and comes back; what runs in it goes on', async () => {
  await runPod('outlives-it', "let n = 0; setInterval(() => console.log('word ' + (n += 1)), 20)");
  using log = await client.follow('/api/v1/namespaces/default/pods/outlives-it/log?follow=true');
  const [container] = JSON.parse((await client.engine('/containers/json?filters={"name":["outlives-it"]}')).body);
  const waits = client.engine(`/containers/${container.Id}/wait`, { method: 'POST' });
  await client.engine('/_ping');
  const cut = expect(waits).rejects.toThrow();
  await client.fault({ is: 'no-engine' });
  await cut;
  await expect(client.engine('/_ping')).rejects.toMatchObject({ syscall: 'connect' });
  const told = log.lines.length;
  await log.line((line) => line === `word ${told + 10}`);
  await client.fault({ is: 'no-faults' });
  const { State } = JSON.parse((await client.engine(`/containers/${container.Id}/json`)).body);
  expect(State).toMatchObject({ Status: 'running', ExitCode: 0 });
});

test('a thousand pods are in lists and watches, and go', async () => {
  using watch = await client.follow('/api/v1/pods?watch=1&labelSelector=app%3Dcrowd');
  await client.fault({ is: 'pods', count: 1000 });
  await watch.line((line) => line.includes('"crowd-01000"') && line.includes('"Running"'));
  const { items } = await object('/api/v1/namespaces/crowd/pods');
  expect(items).toHaveLength(1000);
  expect(new Set(items.map(({ status }: { status: { podIP: string } }) => status.podIP)).size).toBe(1000);
  expect(items.every(({ status }: { status: { phase: string } }) => status.phase === 'Running')).toBe(true);
  const page = await object('/api/v1/namespaces/crowd/pods?limit=300');
  expect(page).toMatchObject({ items: { length: 300 }, metadata: { remainingItemCount: 700 } });
  await client.api('/api/v1/namespaces/crowd/pods/crowd-00500', { method: 'DELETE' });
  await watch.line((line) => line.startsWith('{"type":"DELETED"') && line.includes('"crowd-00500"'));
  await client.fault({ is: 'no-faults' });
  await watch.line((line) => line.startsWith('{"type":"DELETED"') && line.includes('"crowd-01000"'));
  expect((await object('/api/v1/pods?labelSelector=app%3Dcrowd')).items).toEqual([]);
});

test('a pod writes ten thousand lines a second, and a follower misses none', async () => {
  await client.fault({ is: 'log-lines', perSecond: 10_000 });
  await pod('log-load', isRunning);
  using log = await client.follow('/api/v1/namespaces/default/pods/log-load/log?follow=true');
  await log.line((line) => line.startsWith('line 20000 '));
  expect(log.lines.slice(0, 20_000)).toEqual(
    Array.from({ length: 20_000 }, (_, index) => `line ${index + 1} of a pod that has much to say`),
  );
});

test('a log is rotated as Docker does it: the kubelet reads the newest file, Docker all that are kept', async () => {
  await runPod('teller', "process.stdin.resume(); console.log('of the first file'); setInterval(() => {}, 1000)");
  const { status } = await object('/api/v1/namespaces/default/pods/teller');
  const container = status.containerStatuses[0].containerID.replace('docker://', '');
  const where = '/api/v1/namespaces/default/pods/teller/log';
  using log = await client.follow(`${where}?follow=true`);
  await log.line((line) => line === 'of the first file');
  await client.fault({ is: 'rotate-log', container, times: 1, maxFiles: 1 });
  expect((await client.api(where)).body).toBe('');
  expect((await client.engine(`/containers/${container}/logs?stdout=1`)).body).toContain('of the first file');
  await client.fault({ is: 'rotate-log', container, times: 1, maxFiles: 1 });
  expect((await client.engine(`/containers/${container}/logs?stdout=1`)).body).toBe('');
  await expect(client.fault({ is: 'rotate-log', container: 'none', times: 1, maxFiles: 1 })).rejects.toThrow('No such');
});

test('a follower goes on in the newest file when the log is rotated', async () => {
  await client.fault({ is: 'log-lines', perSecond: 1000 });
  const { status } = await pod('log-load', isRunning);
  const container = status.containerStatuses[0].containerID.replace('docker://', '');
  using log = await client.follow('/api/v1/namespaces/default/pods/log-load/log?follow=true');
  for (const reached of [500, 1000, 1500]) {
    await log.line((line) => line.startsWith(`line ${reached} `));
    await client.fault({ is: 'rotate-log', container, times: 1, maxFiles: 3 });
  }
  await log.line((line) => line.startsWith('line 3000 '));
  expect(log.lines.slice(0, 3000)).toEqual(
    Array.from({ length: 3000 }, (_, index) => `line ${index + 1} of a pod that has much to say`),
  );
});

test.each([
  ['nonsense', 'the fault is not JSON'],
  ['[]', 'the fault is no object'],
  ['{"is":"earthquake"}', 'there is no fault "earthquake": slow-api, '],
  ['{"is":"slow-api"}', 'delayMs of slow-api has to be a whole number of 0 to 600000'],
  ['{"is":"slow-api","delayMs":-1}', 'delayMs of slow-api has to be'],
  [
    '{"is":"failing-api","path":"(","times":1,"status":500,"reason":"","message":""}',
    'path of failing-api has to be a regular expression',
  ],
  ['{"is":"pods","count":1e9}', 'count of pods has to be a whole number of 1 to 10000'],
  ['{"is":"no-faults","now":true}', 'no-faults has no now'],
])('%s is refused', async (body, message) => {
  const answer = await client.control('/fault', body);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body).message).toContain(message);
});

test('what the control socket does not know is refused', async () => {
  expect(await client.control('/earthquake')).toMatchObject({ status: 404 });
  expect(await client.control('/fault', 'x'.repeat(200_000))).toMatchObject({ status: 413 });
});

// the last one: it is the end of the sandbox
test('a sandbox that has been asked a lot ends too', async () => {
  for (let count = 0; count < 300; count += 1) expect((await client.api(CONFIG_MAPS)).status).toBe(200);
  await sandbox[Symbol.asyncDispose]();
});
