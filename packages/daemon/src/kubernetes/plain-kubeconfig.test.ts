import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import type { KubeconfigAnswer } from './kubeconfig.ts';
import { plainAddress } from './plain-kubeconfig.ts';

const LIBRARY = fileURLToPath(new URL('./read-kubeconfig.ts', import.meta.url));
const CA = '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n';
const CERT = '-----BEGIN CERTIFICATE-----\nclient\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly more?: object;
}

const BY_DATA = {
  cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': base64(CA) },
  user: { 'client-certificate-data': base64(CERT), 'client-key-data': base64(KEY) },
};
const BY_FILE = {
  cluster: { server: 'https://192.168.49.2:8443/', 'certificate-authority': 'pki/ca.crt' },
  user: { 'client-certificate': 'pki/client.crt', 'client-key': 'pki/client.key' },
};

/** A kubeconfig on the disk with certificates beside it. */
function written({ cluster = {}, user = {}, context = {}, more = {} }: Parts): { file: string; text: string } {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': 'dev',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'dev', context: { cluster: 'c', user: 'u', ...context } }],
    ...more,
  });
  const files = { config: text, 'pki/ca.crt': CA, 'pki/client.crt': CERT, 'pki/client.key': KEY };
  return { file: path.join(temporaryFolder(files), 'config'), text };
}

const UNDERSTOOD: readonly [what: string, parts: Parts, wanted: string[]][] = [
  ['certificates within it, as kind writes it', BY_DATA, []],
  ['certificates beside it, as minikube writes it, named from where it is', BY_FILE, []],
  [
    "minikube's remarks, and a namespace",
    {
      ...BY_FILE,
      context: {
        namespace: 'shop',
        extensions: [{ name: 'context_info', extension: { provider: 'minikube.sigs.k8s.io' } }],
      },
    },
    [],
  ],
  ['another name in its certificate', { ...BY_DATA, cluster: { ...BY_DATA.cluster, 'tls-server-name': 'node' } }, []],
  [
    'another context than the current one',
    {
      ...BY_DATA,
      more: {
        'current-context': 'prod',
        contexts: [
          { name: 'prod', context: { cluster: 'c', user: 'u', namespace: 'x' } },
          { name: 'dev', context: { cluster: 'c', user: 'u', namespace: 'y' } },
        ],
      },
    },
    ['dev'],
  ],
  ['no credentials at all', { cluster: { server: 'https://127.0.0.1:8443' } }, []],
];

/**
 * What the library's process answers for each file and the context wanted of it. One process for all, since the library
 * takes long to load: the module is run anew for each, with the environment and the arguments that it would have.
 */
function byLibrary(asked: readonly (readonly [file: string, wanted: readonly string[]])[]) {
  const runs = asked.map(
    ([file, wanted], index) => `
      process.env.KUBECONFIG = ${JSON.stringify(file)};
      process.argv = [process.execPath, 'read-kubeconfig', ...${JSON.stringify(wanted)}];
      await import(${JSON.stringify(`${LIBRARY}?${index}`)});
      process.stdout.write('\\n');`,
  );
  const said = execFileSync(execPath, ['--input-type=module', '--eval', runs.join('')], { encoding: 'utf8' });
  const answers = said.trimEnd().split('\n');
  return answers.map((answer) => JSON.parse(answer) as KubeconfigAnswer);
}

test('what is understood is understood as the library does', () => {
  const files = UNDERSTOOD.map(([what, parts, wanted]) => ({ what, wanted, ...written(parts) }));
  const plain = files.map(({ what, file, text, wanted }) => [what, plainAddress(text, file, wanted[0])]);
  const answers = byLibrary(files.map(({ file, wanted }) => [file, wanted]));
  const theirs = files.map(({ what }, index) => [what, answers[index]?.ok === true ? answers[index].address : 'none']);
  expect(JSON.parse(JSON.stringify(plain))).toEqual(theirs);
});

test.each<[string, Parts]>([
  ['a plugin for the credentials', { ...BY_DATA, user: { exec: { command: 'aws' } } }],
  ['no TLS at all', { ...BY_DATA, cluster: { server: 'http://127.0.0.1:8080' } }],
  ['a token', { ...BY_DATA, user: { token: 'abc' } }],
  ['a proxy', { ...BY_DATA, cluster: { ...BY_DATA.cluster, 'proxy-url': 'http://127.0.0.1:3128' } }],
  ['unsafe TLS', { ...BY_DATA, cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true } }],
  ['somebody else to be', { ...BY_DATA, user: { ...BY_DATA.user, as: 'admin' } }],
  ['a certificate that is not there', { ...BY_FILE, user: { ...BY_FILE.user, 'client-key': 'pki/no.key' } }],
  ['no current context', { ...BY_DATA, more: { 'current-context': '' } }],
  ['a cluster that is not there', { ...BY_DATA, context: { cluster: 'd' } }],
  ['one name twice', { ...BY_DATA, more: { clusters: [1, 2].map(() => ({ name: 'c', cluster: BY_DATA.cluster })) } }],
  ['no clusters', { ...BY_DATA, more: { clusters: null } }],
])('%s: left to the library', (_, parts) => {
  const { file, text } = written(parts);
  expect(plainAddress(text, file, undefined)).toBeUndefined();
});

test.each(['', ':', '[]', 'a: [', '\u0000'])('text %j is left to the library', (text) => {
  expect(plainAddress(text, '/config', undefined)).toBeUndefined();
});
