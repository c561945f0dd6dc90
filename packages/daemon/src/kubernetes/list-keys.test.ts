import { expect, test } from 'vitest';
import { withListKeys } from './list-keys.ts';

test('writes out the protocol of ports, and nothing else', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 1 }] } };
  expect(withListKeys(service)['spec'].ports).toEqual([{ port: 1, protocol: 'TCP' }]);
  expect(service.spec.ports).toEqual([{ port: 1 }]);
  const containers = [
    { name: 'c', ports: [{ containerPort: 1 }, { containerPort: 2, protocol: 'UDP' }] },
    { name: 'd' },
  ];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } };
  expect(withListKeys(pod)['spec'].containers).toEqual([
    {
      name: 'c',
      ports: [
        { containerPort: 1, protocol: 'TCP' },
        { containerPort: 2, protocol: 'UDP' },
      ],
    },
    { name: 'd' },
  ]);
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, spec: { ports: [{ port: 1 }] } };
  expect(withListKeys(map)).toEqual(map);
});
