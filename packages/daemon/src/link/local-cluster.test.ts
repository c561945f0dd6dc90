import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClusterAddress } from '../kubernetes/kubeconfig.ts';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { recogniseCluster } from './local-cluster.ts';

const minikube = {
  name: 'minikube',
  driver: 'docker',
  runtime: 'docker',
  ca: undefined,
  servers: ['192.168.49.2:8443'],
};

function authority(commonName: string): string {
  const file = join(temporaryFolder(), 'ca.pem');
  const subject = ['-subj', `/CN=${commonName}`, '-keyout', `${file}.key`, '-out', file];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', ...subject], { stdio: 'ignore' });
  return readFileSync(file, 'utf8');
}

function address(server: string, more: Partial<ClusterAddress> = {}): ClusterAddress {
  return {
    context: 'work',
    cluster: 'work',
    namespace: 'default',
    server,
    ca: undefined,
    cert: undefined,
    key: undefined,
    headers: {},
    skipTlsVerify: false,
    tlsServerName: undefined,
    ...more,
  };
}

describe('minikube', () => {
  test('is recognised by the address of a profile, whatever the context is called', () => {
    expect(recogniseCluster(address('https://192.168.49.2:8443'), [minikube], false)).toEqual({
      product: 'minikube',
      isLocal: true,
      profile: minikube,
    });
  });

  test('on this machine, by the name of the cluster and the very CA of its minikube', () => {
    const own = { ...minikube, ca: authority('minikubeCA') };
    const here = address('https://127.0.0.1:32771', { cluster: 'minikube', ca: own.ca });
    expect(recogniseCluster(here, [own], false).profile).toBe(own);
    const tunnel = { ...here, ca: authority('minikubeCA') };
    expect(() => recogniseCluster(tunnel, [own], false)).toThrow();
    expect(() => recogniseCluster(tunnel, [minikube], false)).toThrow();
  });

  test('is not recognised by an address that leads to a cluster with another CA', () => {
    const own = { ...minikube, ca: authority('minikubeCA') };
    const other = address('https://192.168.49.2:8443', { ca: authority('minikubeCA') });
    expect(() => recogniseCluster(other, [own], false)).toThrow();
  });

  test('without a node of its own shares the engine of this machine', () => {
    const none = { ...minikube, driver: 'none' };
    expect(recogniseCluster(address('https://192.168.49.2:8443'), [none], false).profile).toBeUndefined();
  });
});

test.each([
  ['https://kubernetes.docker.internal:6443', 'docker-desktop', 'kubernetes', 'docker-desktop'],
  ['https://127.0.0.1:6443', 'colima', 'k3s-server-ca@1700000000', 'colima'],
  ['https://127.0.0.1:6443', 'rancher-desktop', 'k3s-server-ca@1700000000', 'rancher-desktop'],
  ['https://localhost:26443', 'orbstack', 'k3s-server-ca@1700000000', 'orbstack'],
  ['https://[::1]:6443', 'docker-desktop', 'kubernetes', 'docker-desktop'],
])('%s, context %s, CA %s: %s', (server, context, ca, product) => {
  const found = recogniseCluster(address(server, { context, ca: authority(ca) }), [minikube], false);
  expect(found).toEqual({ product, isLocal: true, profile: undefined });
});

describe('refused', () => {
  test.each<[string, ClusterAddress]>([
    ['a cluster elsewhere', address('https://k8s.example.com')],
    ['a port of another machine', address('https://192.168.49.2:6443')],
    ['a tunnel on this machine', address('https://127.0.0.1:6443')],
    [
      'a tunnel whose context is called like a product',
      address('https://127.0.0.1:6443', { context: 'docker-desktop' }),
    ],
    ['a product that is elsewhere', address('https://10.0.0.1:6443', { context: 'docker-desktop' })],
    ['a CA that is none', address('https://127.0.0.1:6443', { context: 'colima', ca: 'nonsense' })],
  ])('%s', (_what, other) => {
    expect(() => recogniseCluster(other, [minikube], false)).toThrow(
      expect.objectContaining({ code: 'cluster/not-local' }),
    );
  });

  test('but not when the config names it', () => {
    expect(recogniseCluster(address('https://k8s.example.com'), [], true)).toEqual({
      product: 'named by the config',
      isLocal: false,
      profile: undefined,
    });
  });

  test('a real tunnel to a cluster with a CA of its own', () => {
    const tunnel = address('https://127.0.0.1:6443', { context: 'docker-desktop', ca: authority('acme root') });
    expect(() => recogniseCluster(tunnel, [minikube], false)).toThrow(
      expect.objectContaining({ code: 'cluster/not-local' }),
    );
  });
});
