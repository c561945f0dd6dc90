import { expect, test } from 'vitest';
import { addonRegistry, hostedRegistry } from './find-registry.ts';

function hosting(text: string) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'local-registry-hosting' },
    data: { 'localRegistryHosting.v1': text },
  };
}

test.each([
  ['host: "localhost:5001"\nhelp: "https://kind.sigs.k8s.io"\n', { push: 'localhost:5001', pull: 'localhost:5001' }],
  [
    'host: localhost:5001\nhostFromContainerRuntime: registry:5000\n',
    { push: 'localhost:5001', pull: 'registry:5000' },
  ],
  ['host: localhost:5001\nhostFromClusterNetwork: registry:5000\n', { push: 'localhost:5001', pull: 'localhost:5001' }],
  ['hostFromClusterNetwork: registry:5000\n', undefined],
])('the ConfigMap of KEP-1755: %j', (text, expected) => {
  const found = hostedRegistry(hosting(text));
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(expected);
});

test('a ConfigMap that does not say it is an error, not an absence', () => {
  expect(() => hostedRegistry(hosting('localhost:5001'))).toThrow(/local-registry-hosting/);
  expect(hostedRegistry(undefined)).toBeUndefined();
});

test('minikube’s addon is its Service by its label; the node has it on a port of its own', () => {
  const service = (labels: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'registry', labels },
  });
  const addon = service({ 'kubernetes.io/minikube-addons': 'registry' });
  expect(addonRegistry(addon, '192.168.49.2')).toMatchObject({ push: '192.168.49.2:5000', pull: 'localhost:5000' });
  expect(addonRegistry(addon, undefined)).toBeUndefined();
  expect(addonRegistry(service({}), '192.168.49.2')).toBeUndefined();
});
