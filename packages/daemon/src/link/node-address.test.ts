import { expect, test } from 'vitest';
import { nodeAddress } from './node-address.ts';

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'minikube' },
  status: {
    addresses: [
      { type: 'Hostname', address: 'minikube' },
      { type: 'InternalIP', address: '10.0.0.7' },
    ],
  },
};

test.each([
  ['https://192.168.49.2:8443', 'minikube', '192.168.49.2'],
  ['https://127.0.0.1:32771', 'sandbox', '10.0.0.7'],
  ['https://kubernetes.docker.internal:6443', 'docker-desktop', 'localhost'],
  ['https://127.0.0.1:40001', 'kind', '10.0.0.7'],
])('%s of %s is reached at %s', (server, product, address) => {
  expect(nodeAddress(server, product, [node])).toBe(address);
});

test('the node of a minikube whose API server is published on loopback is not reached', () => {
  expect(nodeAddress('https://127.0.0.1:32771', 'minikube', [node])).toBeUndefined();
});

test('a node that names no address has none', () => {
  expect(nodeAddress('https://127.0.0.1:40001', 'kind', [])).toBeUndefined();
});
