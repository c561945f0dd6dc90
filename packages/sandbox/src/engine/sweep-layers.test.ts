import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LoopbackPorts } from '../runtime/permissions/loopback-ports.ts';
import { NodePermissions } from '../runtime/permissions/node-permissions.ts';
import { Engine } from './engine.ts';

let folder: string;
let engine: Engine;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sweep-layers-'));
  const dns = { address: '10.96.0.10', port: 53, domain: 'cluster.local' };
  const isolation = new NodePermissions({ ports: new LoopbackPorts(), dns, address: '10.244.0.1' });
  engine = await Engine.open({ folder, isolation, signal: new AbortController().signal });
});

afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What the build says. */
async function build(reference: string, dockerfile: string): Promise<string> {
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, dockerfile);
  archive.finalize();
  let said = '';
  const request = {
    ...({ kind: 'classic', references: [reference], dockerfile: 'Dockerfile', target: undefined } as const),
    ...{ args: {}, labels: {}, noCache: false, quiet: false },
  };
  const tell = (message: object) => {
    said += `${JSON.stringify(message)}\n`;
  };
  await engine.builder.build(request, Readable.from(archive), tell, new AbortController().signal);
  return said;
}

test('a step that is remembered while a base image is being made keeps its layer', async () => {
  const pulling = engine.pull('node');
  const sweeping = engine.sweepLayers();
  await build('first', 'FROM scratch\nWORKDIR /app\n');
  await Promise.all([pulling, sweeping]);
  const again = await build('second', 'FROM scratch\nWORKDIR /app\nCOPY . .\n');
  expect(again).toContain('Using cache');
  expect(again).toContain('Successfully built');
});

test('layers of a build that is on its way, and of a base image, are kept whenever there is a sweep', async () => {
  const ending = new AbortController();
  const steps = Array.from({ length: 12 }, (_, step) => `WORKDIR /step-${step}\n`).join('');
  const built = build('many', `FROM node\n${steps}`).finally(() => ending.abort());
  let sweeps = 0;
  for (; !ending.signal.aborted; sweeps += 1) await engine.sweepLayers().then(() => new Promise(setImmediate));
  expect(await built).toContain('Successfully built');
  expect(sweeps).toBeGreaterThan(12);
});

test('a container that is being made keeps the layers of an image that goes', async () => {
  await build('going', 'FROM scratch\nWORKDIR /app\nCOPY . .\n');
  const creating = engine.create({
    ...{ name: 'one', image: 'going', command: ['x'], args: undefined, env: {}, workdir: undefined, user: undefined },
    ...{ labels: {}, hostname: 'one', mounts: [], readOnlyRoot: false, networkOf: undefined, address: undefined },
  });
  engine.builder.cache.prune(() => true);
  engine.images.prune(() => true);
  await engine.sweepLayers();
  const { id } = await creating;
  expect(engine.find(id).root.files.read('/app/Dockerfile')?.toString()).toContain('FROM scratch');
});
