import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { dockerCredentials } from './docker-credentials.ts';

const signal = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A docker config in a folder of its own, and programs on the PATH. */
function docker(config: string | object | undefined, programs: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), text);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
  return { folder, find: (host: string) => dockerCredentials(host, env, signal) };
}

describe('in the config itself', () => {
  test.each([
    ['reg.test:5000', { auth: base64('me:pass:word') }, { username: 'me', password: 'pass:word' }],
    ['https://reg.test:5000/v1/', { auth: base64('me:secret') }, { username: 'me', password: 'secret' }],
    ['reg.test:5000', { username: 'me', password: 'secret' }, { username: 'me', password: 'secret' }],
    ['reg.test:5000', { auth: base64('me:'), identitytoken: 'token' }, { username: 'me', identityToken: 'token' }],
    ['reg.test:5000', { registrytoken: 'token' }, { registryToken: 'token' }],
  ])('%s %j', async (key, auth, credentials) => {
    const { folder, find } = docker({ auths: { 'other.test': { auth: base64('a:b') }, [key]: auth } });
    expect(await find('reg.test:5000')).toEqual({ credentials, source: join(folder, 'config.json') });
  });

  test.each([
    ['there is no config', undefined],
    ['it names others', { auths: { 'reg.test': { auth: base64('a:b') } } }],
    ['the entry is the empty one of a store', { auths: { 'reg.test:5000': {} } }],
    ['it is about other things', { HttpHeaders: { 'User-Agent': 'x' } }],
  ])('none where %s', async (_why, config) => {
    expect(await docker(config).find('reg.test:5000')).toBeUndefined();
  });

  test('Docker Hub goes by its old address', async () => {
    const { find } = docker({ auths: { 'https://index.docker.io/v1/': { auth: base64('me:secret') } } });
    expect((await find('docker.io'))?.credentials).toEqual({ username: 'me', password: 'secret' });
  });

  test('one that is broken is named, with what to do', async () => {
    const { folder, find } = docker('{ not json');
    await expect(find('reg.test')).rejects.toMatchObject({
      code: 'registry/credentials',
      message: expect.stringContaining(join(folder, 'config.json')),
    });
  });
});

describe('of a helper', () => {
  const answering = (username: string) => `printf '{"ServerURL":"%s","Username":"${username}","Secret":"s3"}' "$(cat)"`;

  test('that is named for the registry, before the store', async () => {
    const { find } = docker(
      {
        credHelpers: { 'reg.test:5000': 'one' },
        credsStore: 'all',
        auths: { 'reg.test:5000': { auth: base64('a:b') } },
      },
      { 'docker-credential-one': answering('one'), 'docker-credential-all': answering('all') },
    );
    const found = await find('reg.test:5000');
    expect(found).toEqual({ credentials: { username: 'one', password: 's3' }, source: 'docker-credential-one' });
    expect((await find('other.test'))?.credentials.username).toBe('all');
  });

  test('is asked by docker’s protocol: the verb, and the server on its standard input', async () => {
    const { find } = docker(
      { credsStore: 'all' },
      { 'docker-credential-all': `[ "$*" = get ] && [ "$(cat)" = reg.test:5000 ] && ${answering('asked')}` },
    );
    expect((await find('reg.test:5000'))?.credentials.username).toBe('asked');
  });

  test('may give an identity token', async () => {
    const { find } = docker({ credsStore: 'all' }, { 'docker-credential-all': answering('<token>') });
    expect((await find('reg.test'))?.credentials).toEqual({ identityToken: 's3' });
  });

  test('may have none', async () => {
    const script = 'echo credentials not found in native keychain; exit 1';
    expect(await docker({ credsStore: 'all' }, { 'docker-credential-all': script }).find('reg.test')).toBeUndefined();
  });

  test.each([
    ['is not installed', {}, 'docker-credential-all', /cannot be run/],
    ['fails', { 'docker-credential-all': 'echo the keychain is locked; exit 1' }, 'docker login', /exit code 1/],
    ['says something else', { 'docker-credential-all': 'echo hello' }, 'docker-credential-all get', /something else/],
  ])('that %s is told, never passed over', async (_why, programs, remedy, message) => {
    const { find } = docker({ credsStore: 'all' }, programs);
    const error = await find('reg.test').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'registry/credentials', message: expect.stringMatching(message) });
    expect(`${error}${(error as { remedy: string }).remedy}`).toContain(remedy);
  });
});
