import { expect, test } from 'vitest';
import { FakeObjectStore } from '../ports/object-store.fake.ts';
import { resolve } from './dns-records.ts';

const store = new FakeObjectStore();
const service = (name: string, spec: object) =>
  store.create('services', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec });
store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
service('web', { clusterIP: '10.96.0.5', ports: [{ name: 'http', port: 80 }] });
service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] });
service('empty', { clusterIP: 'None' });
service('out', { type: 'ExternalName', externalName: 'example.com' });
store.create('endpoints', {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'db', namespace: 'shop' },
  subsets: [
    {
      addresses: [{ ip: '10.244.0.2', hostname: 'db-0' }, { ip: '10.244.0.3' }],
      ports: [{ name: 'sql', port: 5432 }],
    },
  ],
});

test.each<[string, 'A' | 'AAAA' | 'SRV', string, unknown[]]>([
  ['web.shop.svc', 'A', 'NOERROR', ['10.96.0.5']],
  ['WEB.Shop.svc', 'A', 'NOERROR', ['10.96.0.5']],
  ['web.shop.svc', 'AAAA', 'NOERROR', []],
  ['db.shop.svc', 'A', 'NOERROR', ['10.244.0.2', '10.244.0.3']],
  ['db-0.db.shop.svc', 'A', 'NOERROR', ['10.244.0.2']],
  ['10-244-0-3.db.shop.svc', 'A', 'NOERROR', ['10.244.0.3']],
  ['db-7.db.shop.svc', 'A', 'NXDOMAIN', []],
  ['empty.shop.svc', 'A', 'NXDOMAIN', []],
  ['out.shop.svc', 'A', 'NOERROR', ['example.com']],
  ['web.other.svc', 'A', 'NXDOMAIN', []],
  ['shop.svc', 'A', 'NOERROR', []],
  ['10-244-0-9.shop.pod', 'A', 'NOERROR', ['10.244.0.9']],
  ['web.shop', 'A', 'NXDOMAIN', []],
  [
    '_http._tcp.web.shop.svc',
    'SRV',
    'NOERROR',
    [{ priority: 0, weight: 100, port: 80, target: 'web.shop.svc.cluster.local' }],
  ],
  ['_http._udp.web.shop.svc', 'SRV', 'NXDOMAIN', []],
])('%s %s: %s', (name, type, verdict, data) => {
  const found = resolve({ name: `${name}.cluster.local`, type }, 'cluster.local', store);
  expect(found.verdict).toBe(verdict);
  expect(found.answers.map((answer) => ('data' in answer ? answer.data : undefined))).toEqual(data);
});

test('a name of a headless Service is that of the pod, in its ports too', () => {
  const found = resolve({ name: '_sql._tcp.db.shop.svc.cluster.local', type: 'SRV' }, 'cluster.local', store);
  expect(found.answers.map((answer) => (answer.type === 'SRV' ? answer.data.target : undefined))).toEqual([
    'db-0.db.shop.svc.cluster.local',
    '10-244-0-3.db.shop.svc.cluster.local',
  ]);
});

test('there is nobody to ask for other names', () => {
  expect(resolve({ name: 'example.com', type: 'A' }, 'cluster.local', store).verdict).toBe('SERVFAIL');
});
