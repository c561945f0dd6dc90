import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ClusterRegistry, REGISTRY_USER } from '../rig/cluster-registry.ts';
import { type DevloopRig, unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { mustRun } from '../rig/run-command.ts';

/** A registry on a port of the node has several names there, so that what was pushed by one has to be pulled by another. */
function addresses({ port }: ClusterRegistry) {
  return { push: `localhost:${port}`, pull: `127.0.0.1:${port}` };
}

function configWith({ push, pull }: { push: string; pull: string }): string {
  return `services:\n  hello:\nregistry:\n  push: ${push}\n  pull: ${pull}\n`;
}

function tagOf(reference: string | undefined): string {
  return reference?.split(':').at(-1) ?? '';
}

/** What the kubelet tells of the pulls of an image. */
async function pullsOf(rig: DevloopRig, reference: string | undefined): Promise<string[]> {
  const events = await rig.objects('events');
  const about = events.filter(({ message }) => message.includes(`"${reference}"`));
  return about.map(({ reason }) => reason);
}

test('images are pushed to a registry on a node port, pulled by the node, and swapped and rolled back as others', async () => {
  await using rig = await openRig('hello-service');
  const registry = await ClusterRegistry.start(rig);
  const { push, pull } = addresses(registry);
  await rig.writeConfig(configWith({ push, pull }));
  const first = unique('first');
  await rig.write('hello/message.txt', first);
  await rig.start();

  const { cluster } = await rig.status();
  expect(cluster).toMatchObject({ is: 'connected', registry: { push, pull, because: 'devloop.yaml' } });
  const started = await rig.event(passEnded('hello', 'live'));
  expect(started.image).toMatch(new RegExp(`^${pull}/hello:devloop-[0-9a-f]{16}$`));
  expect((await rig.devloop(['render'])).stdout).toContain(`image: ${started.image}\n`);
  expect(await registry.tags('hello')).toEqual([tagOf(started.image)]);
  expect(await pullsOf(rig, started.image)).toEqual(expect.arrayContaining(['Pulling', 'Pulled']));
  expect(started.times.pushedAt).toBeGreaterThanOrEqual(started.times.builtAt ?? Number.NaN);
  expect(started.times.pulledAt).toBeGreaterThanOrEqual(started.times.appliedAt ?? Number.NaN);
  await rig.event((event) => event.type === 'phase-changed' && /^pushing \d+\/\d+ layers/.test(event.detail));
  await rig.serves('hello', first);
  const [pod] = await rig.pods('app=hello');

  let since = rig.mark();
  const second = unique('second');
  await rig.writeAtomic('hello/message.txt', second);
  const swapped = await rig.event(passEnded('hello', 'live'), since);
  expect(swapped.kind).toBe('swap');
  await rig.serves('hello', second);
  expect(await registry.tags('hello')).toContain(tagOf(swapped.image));
  expect(await pullsOf(rig, swapped.image)).toEqual(expect.arrayContaining(['Pulling', 'Pulled']));

  // a pod that has run an image gets it under another name, which has to be in the registry too
  since = rig.mark();
  await rig.writeAtomic('hello/message.txt', first);
  const back = await rig.event(passEnded('hello', 'live'), since);
  expect(back).toMatchObject({ kind: 'swap', image: started.image });
  await rig.serves('hello', first);
  const [same] = await rig.pods('app=hello');
  expect(same.metadata.uid).toBe(pod.metadata.uid);
  expect(await registry.tags('hello')).toContain(tagOf(same.spec.containers[0].image));
  expect(same.spec.containers[0].image).not.toBe(started.image);

  since = rig.mark();
  await rig.devloop(['rollback', 'hello', swapped.image ?? '']);
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', second);
});

test('a registry that asks who one is gets what docker has for it, from its config or from a helper', async () => {
  await using rig = await openRig('hello-service');
  const registry = await ClusterRegistry.start(rig, { closed: true });
  const { push, pull } = addresses(registry);
  const { username, password } = REGISTRY_USER;
  const docker = rig.file('../docker');
  await mkdir(docker);
  const login = (config: object) => writeFile(path.join(docker, 'config.json'), JSON.stringify(config));
  const auth = (secret: string) => ({ auth: Buffer.from(`${username}:${secret}`).toString('base64') });
  rig.env['DOCKER_CONFIG'] = docker;
  rig.env['PATH'] = `${docker}:${process.env['PATH']}`;
  await login({ auths: { [push]: auth('wrong') } });
  await rig.writeConfig(configWith({ push, pull }));
  await rig.create('secrets', {
    metadata: { name: 'registry-login' },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': JSON.stringify({ auths: { [pull]: auth(password) } }) },
  });

  await rig.devloop(['up', '-d', '--timeout', '60'], { expect: 1 });
  await rig.catchUp();
  const refused = await rig.event(passEnded('hello', 'failed'));
  expect(refused.failure).toMatchObject({ code: 'registry/unauthorized' });
  expect(refused.failure?.remedy).toContain(`docker login ${push}`);
  expect((await rig.devloop(['doctor'], { expect: null })).stdout).toContain(`docker login ${push}`);

  let since = rig.mark();
  await login({ auths: { [`https://${push}/v1/`]: auth(password) } });
  const message = unique('with the right password');
  await rig.writeAtomic('hello/message.txt', message);
  // who may push says nothing of who may pull
  const unpulled = await rig.event(passEnded('hello', 'failed'), since);
  expect(unpulled.failure).toMatchObject({ code: 'rollout/failed' });
  expect(unpulled.failure?.remedy).toContain('imagePullSecrets');
  since = rig.mark();
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace('containers:', 'imagePullSecrets: [{ name: registry-login }]\n      containers:'),
  );
  const live = await rig.event(passEnded('hello', 'live'), since);
  expect(await registry.tags('hello')).toContain(tagOf(live.image));
  await rig.serves('hello', message);

  since = rig.mark();
  await login({ credsStore: 'rig' });
  await rig.writeAtomic('hello/message.txt', unique('without the helper'));
  const missing = await rig.event(passEnded('hello', 'failed'), since);
  expect(missing.failure).toMatchObject({ code: 'registry/credentials' });
  expect(missing.failure?.message).toContain('docker-credential-rig');

  since = rig.mark();
  const helper = path.join(docker, 'docker-credential-rig');
  const answer = JSON.stringify({ ServerURL: push, Username: username, Secret: password });
  await writeFile(helper, `#!/bin/sh\n[ "$1 $(cat)" = 'get ${push}' ] && echo '${answer}'\n`);
  await chmod(helper, 0o755);
  const helped = unique('with the helper');
  await rig.writeAtomic('hello/message.txt', helped);
  await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', helped);
});

test('the doctor has the engine ask the registry', async () => {
  await using rig = await openRig('hello-service');
  const open = await ClusterRegistry.start(rig);
  const registryFinding = async (config: string) => {
    await rig.writeConfig(config);
    const { stdout } = await rig.devloop(['doctor'], { expect: null });
    return stdout.split('\n').find((line) => /^\S+ registry /.test(line)) ?? stdout;
  };
  expect(await registryFinding(configWith(addresses(open)))).toContain(`localhost:${open.port} (devloop.yaml) answers`);
  expect(await registryFinding('services:\n  hello:\nregistry: localhost:1\n')).toContain('cannot be reached');
});

test('a registry that speaks plain HTTP, at an address for which the engine wants a certificate, names the setting', async () => {
  await using rig = await openRig('hello-service');
  const address = await (await ClusterRegistry.start(rig)).podAddress();
  await rig.writeConfig(`services:\n  hello:\nregistry: ${address}\n`);
  await rig.devloop(['up', '-d', '--timeout', '120'], { expect: 1, timeoutMs: 150_000 });
  await rig.catchUp();
  const { failure } = await rig.event(passEnded('hello', 'failed'));
  expect(failure).toMatchObject({ code: 'registry/untrusted' });
  expect(failure?.remedy).toContain(`"insecure-registries": ["${address}"]`);
});

test('a registry whose certificate is for another name is told as such, with what mends it', async () => {
  await using rig = await openRig('hello-service');
  const address = await (await ClusterRegistry.start(rig, { certificateFor: 'registry.invalid' })).podAddress();
  await rig.writeConfig(`services:\n  hello:\nregistry: ${address}\n`);
  await rig.devloop(['up', '-d', '--timeout', '120'], { expect: 1, timeoutMs: 150_000 });
  await rig.catchUp();
  const { failure } = await rig.event(passEnded('hello', 'failed'));
  expect(failure).toMatchObject({ code: 'registry/untrusted' });
  expect(failure?.message).toContain('x509');
  expect(failure?.remedy).toContain('Make its certificate for');
});

test('a registry that does not answer is told as such, with its address', async () => {
  await using rig = await openRig('hello-service');
  await rig.writeConfig('services:\n  hello:\nregistry: localhost:1\n');
  await rig.devloop(['up', '-d', '--timeout', '120'], { expect: 1, timeoutMs: 150_000 });
  await rig.catchUp();
  const { failure } = await rig.event(passEnded('hello', 'failed'));
  expect(failure).toMatchObject({ code: 'registry/unreachable' });
  expect(failure?.message).toContain('localhost:1');
  expect(await rig.names('deployments')).toEqual([]);
});

test('five services of one image have it pushed and pulled', async () => {
  await using rig = await openRig('hotel-map');
  const registry = await ClusterRegistry.start(rig);
  const { push, pull } = addresses(registry);
  await rig.writeConfig(
    `compose: docker-compose.yml\nchoosePorts: false\nregistry: { push: '${push}', pull: '${pull}' }\n`,
  );
  await rig.start();
  const { services } = await rig.status();
  const images = services.map(({ liveImage }) => liveImage);
  expect(new Set(images).size).toBe(1);
  expect(images.length).toBe(5);
  expect(await registry.tags('hotel_app')).toEqual([tagOf(images[0])]);
  expect(await pullsOf(rig, images[0])).toContain('Pulling');
});

test('a cluster without an engine of its own is built for as soon as it says which registry its nodes pull from', async () => {
  await using rig = await openRig('hello-service');
  const registry = await ClusterRegistry.start(rig);
  const { push, pull } = addresses(registry);
  await useHostEngineOnly(rig);
  await rig.devloop(['up', '-d', '--timeout', '10'], { expect: null });
  const { cluster } = await rig.status();
  expect(cluster).toMatchObject({ is: 'lost', failure: { code: 'engine/unavailable' } });
  expect(cluster.is === 'lost' && cluster.failure.remedy).toContain('registry');

  const where = ['configmaps', 'kube-public'] as const;
  const metadata = { name: 'local-registry-hosting' };
  const hosting = { host: push, hostFromContainerRuntime: pull };
  await rig.kube.create(...where, { metadata, data: { 'localRegistryHosting.v1': JSON.stringify(hosting) } });
  try {
    rig.follow();
    const live = await rig.event(passEnded('hello', 'live'));
    expect(live.image).toContain(`${pull}/hello:`);
    expect((await rig.status()).cluster).toMatchObject({ registry: { push, pull } });
  } finally {
    await rig.kube.delete(...where, metadata.name);
  }
});

/** As of a minikube whose runtime is not Docker: it has no engine, and there is one on this machine. */
async function useHostEngineOnly(rig: DevloopRig): Promise<void> {
  const environment = await mustRun('minikube', ['docker-env', '--shell', 'none']);
  for (const line of environment.split('\n')) {
    const [, name, value] = /^(DOCKER_HOST|DOCKER_CERT_PATH)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) rig.env[name] = value;
  }
  const minikube = (await mustRun('sh', ['-c', 'command -v minikube'])).trim();
  const folder = rig.file('../bin');
  await mkdir(folder);
  const script = `#!/bin/sh\n[ "$1" != docker-env ] || { echo "it has another runtime" >&2; exit 64; }\nexec ${minikube} "$@"\n`;
  await writeFile(path.join(folder, 'minikube'), script);
  await chmod(path.join(folder, 'minikube'), 0o755);
  rig.env['PATH'] = `${folder}:${process.env['PATH']}`;
}
