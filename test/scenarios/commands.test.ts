import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { DaemonSnapshot } from '../../packages/shared/src/protocol/snapshot.ts';
import { DEVLOOP, unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

test('rebuild, logs, doctor, render, check and version do what they say', async ({ rig }) => {
  expect((await rig.devloop(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
  expect((await rig.devloop(['--help'])).stdout).toMatch(/\bup\b[\s\S]*\bdown\b/);
  await rig.devloop(['check']);
  const message = (await rig.read('hello/message.txt')).trim();
  const logs = await rig.devloop(['logs', 'hello', '--tail', '10']);
  expect(logs.stdout).toContain(`serving "${message}" on 8080`);

  const [pod] = await rig.pods('app=hello');
  const since = rig.mark();
  await rig.devloop(['rebuild', 'hello', '--wait'], { timeoutMs: 120_000 });
  await rig.event(passEnded('hello', 'live'), since);
  expect(rig.events.since(since).filter((event) => event.type === 'build-started')).toHaveLength(1);
  await rig.serves('hello', message);
  const [after] = await rig.pods('app=hello');
  expect(after.status.containerStatuses[0].containerID).not.toBe(pod.status.containerStatuses[0].containerID);

  const rendered = await rig.devloop(['render']);
  expect(rendered.stdout).toMatch(/image: hello:devloop-[0-9a-f]{16}/);
  expect((await rig.devloop(['doctor'])).stdout).toMatch(/minikube/);
});

test('wrong use is told with a remedy and an exit code', async ({ rig }) => {
  const unknown = await rig.devloop(['rebuild', 'helo'], { expect: null });
  expect(unknown.code).not.toBe(0);
  expect(unknown.output).toMatch(/helo[\s\S]*hello/);
  expect((await rig.devloop(['upp'], { expect: null })).code).not.toBe(0);
  const config = await rig.read('devloop.yaml');
  const removed = rig.mark();
  await rm(rig.file('devloop.yaml'));
  const missing = await rig.devloop(['check'], { expect: null });
  expect(missing.code).not.toBe(0);
  expect(missing.output).toContain('devloop.yaml');
  await rig.event((event) => event.type === 'config-rejected', removed);
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});

test('a wait that takes too long ends with 5', async ({ rig }) => {
  const dockerfile = await rig.read('hello/Dockerfile');
  await rig.edit('hello/Dockerfile', (text) => text.replace('EXPOSE', 'RUN sleep 5\nEXPOSE'));
  await rig.write('hello/message.txt', unique('slow'));
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '1'], { expect: 5 });
  await rig.devloop(['wait', '--live', 'hello', '--timeout', '60'], { timeoutMs: 90_000 });
  await rig.writeAtomic('hello/Dockerfile', dockerfile);
});

test('status --json and events print what the daemon publishes', async ({ rig }) => {
  const { stdout } = await rig.devloop(['status', '--json']);
  expect(DaemonSnapshot.parse(JSON.parse(stdout)).services.map(({ name }) => name)).toEqual(['hello']);

  const events = spawn(process.execPath, [DEVLOOP, '-C', rig.folder, 'events', '--after', '0'], { env: rig.env });
  const ended = once(events, 'close');
  const lines: string[] = [];
  const output = createInterface({ input: events.stdout }).on('line', (line) => lines.push(line));
  await once(output, 'line');
  await rig.devloop(['stop']);
  await ended;
  await rig.events.ended();
  const ofThisDaemon = rig.events.all.slice(rig.events.all.findLastIndex(({ seq }) => seq === 1));
  expect(lines.map((line) => JSON.parse(line))).toEqual(ofThisDaemon);
});

test('a service without manifests gets a Deployment and a Service from its EXPOSE', async ({ rig }) => {
  const manifest = await rig.read('k8s/hello.yaml');
  await reconfigure(rig, () => rm(rig.file('k8s'), { recursive: true }));
  const { stdout } = await rig.devloop(['render']);
  expect(stdout).toMatch(/kind: Deployment/);
  expect(stdout).toMatch(/kind: Service/);
  expect(stdout).toMatch(/containerPort: 8080/);
  const [service] = await rig.objects('services');
  const message = (await rig.read('hello/message.txt')).trim();
  await rig.serves(`${service.metadata.name}:${service.spec.ports[0].port}`, message);
  await reconfigure(rig, () => rig.write('k8s/hello.yaml', manifest));
});

test('an image that a service builds and no manifest names is an error', async () => {
  await using rig = await openRig('hello-service');
  await rig.writeConfig('services:\n  hello:\n    build: { image: helo }\n');
  const { output } = await rig.devloop(['check'], { expect: 1 });
  expect(output).toMatch(/helo[\s\S]*hello/);
});

test('up --plain tells the way of a save, line by line, and leaves the daemon running when it is ended', async ({
  rig,
}) => {
  await rig.writeAtomic('hello/message.txt', unique('told'));
  const { output } = await rig.devloop(['up', '-d', '--plain', '--timeout', '120'], { timeoutMs: 150_000 });
  expect(output).toMatch(/hello.*live/);
  expect(rig.processes()).toHaveLength(1);
});
