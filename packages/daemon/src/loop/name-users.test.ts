import { expect, test } from 'vitest';
import { FakeImageEngine } from '../build/image-engine.fake.ts';
import type { Manifest } from '../project/project.ts';
import { ImageUsers } from './name-users.ts';

const { signal } = new AbortController();
const way = { builtReference: (reference: string) => reference.replace('pull/', 'push/') };

function manifest(image: string, user: string | undefined): Manifest {
  const spec = { template: { spec: { containers: [{ name: 'web', image, securityContext: { privileged: true } }] } } };
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
  return { object, file: 'compose.yaml', line: 1, user };
}

function engineWith(...images: string[]): FakeImageEngine {
  const engine = new FakeImageEngine();
  for (const image of images) {
    engine.images.set(image, `id-of-${image}`);
    engine.files.set(`id-of-${image} /etc/passwd`, 'node:x:1000:1001::/:/bin/sh\n');
    engine.files.set(`id-of-${image} /etc/group`, 'staff:x:50:\n');
  }
  return engine;
}

async function securityOf(one: Manifest, engine: FakeImageEngine, pins: { image: string; reference: string }[] = []) {
  const all = pins.map((pin) => ({ ...pin, env: {} }));
  const [named] = await new ImageUsers().named([one], all, { engine, way, signal }, signal);
  return named?.object['spec'].template.spec.containers[0].securityContext;
}

test('a user by name has the numbers of the image that is built, or of that which is named', async () => {
  const pins = [{ image: 'web', reference: 'pull/web:2' }];
  const of = { privileged: true, runAsUser: 1000 };
  expect(await securityOf(manifest('web', 'node'), engineWith('push/web:2'), pins)).toEqual({
    ...of,
    runAsGroup: 1001,
  });
  expect(await securityOf(manifest('nginx:1', 'node:staff'), engineWith('nginx:1'), pins)).toEqual({
    ...of,
    runAsGroup: 50,
  });
  expect(await securityOf(manifest('web', undefined), engineWith(), pins)).toEqual({ privileged: true });
});

test('an image without the user, or none at all, is refused with what mends it', async () => {
  await expect(securityOf(manifest('nginx:1', 'nobody'), engineWith('nginx:1'))).rejects.toMatchObject({
    code: 'deploy/unknown-user',
    message: expect.stringContaining('no user nobody'),
    remedy: expect.stringContaining('user: "1000:1000"'),
  });
  await expect(securityOf(manifest('nginx:1', 'node'), engineWith())).rejects.toMatchObject({
    code: 'deploy/unknown-user',
    remedy: expect.stringContaining('docker pull nginx:1'),
  });
});

test('the answer for an image is kept, and that for another one asked for', async () => {
  const engine = engineWith('nginx:1');
  const users = new ImageUsers();
  const ask = () => users.named([manifest('nginx:1', 'node')], [], { engine, way, signal }, signal);
  await ask();
  engine.files.clear();
  await ask();
  engine.images.set('nginx:1', 'id-of-another');
  await expect(ask()).rejects.toMatchObject({ code: 'deploy/unknown-user' });
});
