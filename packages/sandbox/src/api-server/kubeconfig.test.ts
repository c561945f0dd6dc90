import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { issueCertificates } from './certificates.ts';
import { kubeconfigYaml } from './kubeconfig.ts';

test('certificates are of one authority, for the hosts and for the administrator', async () => {
  const { ca, serverCert, clientCert } = await issueCertificates(['localhost', '127.9.8.7']);
  const [authority, server, client] = [ca, serverCert, clientCert].map((pem) => new X509Certificate(pem));
  if (authority === undefined || server === undefined || client === undefined) throw new Error('three certificates');
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkIP('127.9.8.7')).toBe('127.9.8.7');
  expect(client.verify(authority.publicKey)).toBe(true);
  expect(client.subject).toBe('CN=kubernetes-admin\nO=system:masters');
  expect(Date.parse(server.validTo)).toBeGreaterThan(Date.now());
});

test('a kubeconfig has one context, the current one', () => {
  const options = {
    server: 'https://127.0.0.1:6443',
    ca: 'CA',
    cert: 'CERT',
    key: 'KEY',
    context: 'box',
    namespace: 'n',
  };
  const config = parse(kubeconfigYaml(options));
  expect(config['current-context']).toBe('box');
  expect(config.contexts).toEqual([{ name: 'box', context: { cluster: 'box', namespace: 'n', user: 'box' } }]);
  expect(Buffer.from(config.users[0].user['client-key-data'], 'base64').toString()).toBe('KEY');
});
