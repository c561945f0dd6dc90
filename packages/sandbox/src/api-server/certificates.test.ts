import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueCertificates } from './certificates.ts';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

test('certificates are of one authority, for the hosts and for the administrator', async () => {
  const issued = await issueCertificates(['localhost', '127.9.8.7']);
  const authority = new X509Certificate(issued.ca);
  const server = new X509Certificate(issued.serverCert);
  const client = new X509Certificate(issued.clientCert);

  expect(authority.ca).toBe(true);
  for (const [certificate, key] of [
    [server, issued.serverKey],
    [client, issued.clientKey],
  ] as const) {
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
  }
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkIP('127.9.8.7')).toBe('127.9.8.7');
  expect(server.checkIP('127.9.8.6')).toBeUndefined();
  expect(server.keyUsage).toEqual([SERVER_AUTH]);
  expect(client.keyUsage).toEqual([CLIENT_AUTH]);
  expect(client.subject).toBe('CN=kubernetes-admin\nO=system:masters');
  expect(new Set([authority, server, client].map(({ serialNumber }) => serialNumber)).size).toBe(3);
});
