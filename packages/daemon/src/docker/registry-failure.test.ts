import { expect, test } from 'vitest';
import { registryFailure } from './registry-failure.ts';

/** What engines of several versions say. */
test.each([
  ['no basic auth credentials', 'registry/unauthorized', 'docker login reg.test:5000'],
  ['unauthorized: authentication required', 'registry/unauthorized', 'docker login reg.test:5000'],
  ['denied: requested access to the resource is denied', 'registry/unauthorized', 'docker login reg.test:5000'],
  [
    'Get "https://reg.test:5000/v2/": http: server gave HTTP response to HTTPS client',
    'registry/untrusted',
    '"insecure-registries": ["reg.test:5000"]',
  ],
  [
    'Get "https://reg.test:5000/v2/": x509: certificate signed by unknown authority',
    'registry/untrusted',
    '/etc/docker/certs.d/reg.test:5000/ca.crt',
  ],
  [
    'Get "https://reg.test:5000/v2/": x509: certificate is valid for other.test, not reg.test',
    'registry/untrusted',
    'Make its certificate for reg.test',
  ],
  [
    'Get "https://10.0.0.1:5000/v2/": x509: cannot validate certificate for 10.0.0.1 because it doesn\'t contain any IP SANs',
    'registry/untrusted',
    'Make its certificate for reg.test',
  ],
  [
    'Get "https://reg.test:5000/v2/": x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z',
    'registry/untrusted',
    'clock',
  ],
  ['Get "https://reg.test:5000/v2/": remote error: tls: certificate required', 'registry/untrusted', 'client.cert'],
  [
    'Get "https://reg.test:5000/v2/": tls: first record does not look like a TLS handshake',
    'registry/untrusted',
    '"insecure-registries"',
  ],
  [
    'Get "https://reg.test:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused',
    'registry/unreachable',
    'reg.test:5000',
  ],
  ['Get "https://reg.test:5000/v2/": dial tcp: lookup reg.test: no such host', 'registry/unreachable', 'reg.test:5000'],
  ['Get "https://reg.test:5000/v2/": EOF', 'registry/unreachable', 'reg.test:5000'],
  ['write /var/lib/docker/tmp/x: no space left on device', 'registry/no-space', 'docker system prune'],
  ['received unexpected HTTP status: 500 Internal Server Error', 'registry/refused', 'docker push reg.test:5000/web:1'],
  // a name that holds another failure's words is not that failure
  ['name invalid: unauthorized-images/web', 'registry/refused', 'docker push reg.test:5000/web:1'],
])('%s', (said, code, inRemedy) => {
  const failure = registryFailure({ reference: 'reg.test:5000/web:1', what: 'It could not be pushed' }, said, ['line']);
  expect(failure).toMatchObject({ code, evidence: ['line'] });
  expect(failure.message).toContain(said);
  expect(failure.message).toContain('reg.test:5000');
  expect(failure.remedy).toContain(inRemedy);
});
