import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { serviceUrls, unreachableNodePorts } from './service-urls.ts';

const service = (spec: object, status: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec,
  status,
});
const ingress = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec,
});
const urls = (live: KubernetesObject | undefined, nodeAddress: string | undefined = '192.168.49.2') =>
  serviceUrls({ forwards: [], objects: [service({})], live: () => live, nodeAddress }).map(({ url }) => url);

test('forwards that listen come first', () => {
  const found = serviceUrls({
    forwards: [
      { local: 8080, port: 'http', status: 'listening' },
      { local: 8081, port: 81, status: 'failed' },
      { local: 8082, port: 82, status: 'listening', address: '0.0.0.0' },
      { local: 8083, port: 83, status: 'listening', address: '10.0.0.1' },
      { local: 8084, port: 84, status: 'listening', address: '::1' },
    ],
    objects: [ingress({ rules: [{ host: 'shop.test' }] })],
    live: () => undefined,
    nodeAddress: undefined,
  });
  expect(found).toEqual([
    { url: 'http://localhost:8080', through: 'forward' },
    { url: 'http://localhost:8082', through: 'forward' },
    { url: 'http://10.0.0.1:8083', through: 'forward' },
    { url: 'http://[::1]:8084', through: 'forward' },
    { url: 'http://shop.test', through: 'ingress' },
  ]);
});

test('what speaks no HTTP, by its number or its name, is nothing for a browser', () => {
  const forwards = [3306, 6379, 'redis', 'grpc-web', 'http', 8080].map((port, index) => {
    return { local: 9000 + index, port, status: 'listening' } as const;
  });
  const ports = [
    { port: 80, nodePort: 31234 },
    { port: 5432, nodePort: 31432 },
    { name: 'tcp-admin', port: 81, nodePort: 31081 },
  ];
  const live = service({ type: 'NodePort', ports });
  const found = serviceUrls({ forwards, objects: [live], live: () => live, nodeAddress: '10.0.0.7' });
  expect(found.map(({ url }) => url)).toEqual([
    'http://localhost:9004',
    'http://localhost:9005',
    'http://10.0.0.7:31234',
  ]);
});

test('NodePorts of a node that is not reached are told', () => {
  const live = service({ type: 'NodePort', ports: [{ port: 80, nodePort: 31234 }, { port: 81 }] });
  const inner = service({ type: 'ClusterIP', ports: [{ port: 80, nodePort: 31235 }] });
  const told = (object: KubernetesObject | undefined, nodeAddress?: string) =>
    unreachableNodePorts({ objects: [service({}), ingress({})], live: () => object, nodeAddress });
  expect(told(live)).toEqual([31234]);
  expect(told(live, '10.0.0.7')).toEqual([]);
  expect(told(inner)).toEqual([]);
  expect(told(undefined)).toEqual([]);
});

test('a NodePort is at the node, where its address is known', () => {
  const ports = [
    { port: 80, nodePort: 31234 },
    { port: 443, nodePort: 31443 },
    { port: 53, nodePort: 31053, protocol: 'UDP' },
  ];
  const live = service({ type: 'NodePort', ports });
  expect(urls(live)).toEqual(['http://192.168.49.2:31234', 'https://192.168.49.2:31443']);
  expect(serviceUrls({ forwards: [], objects: [service({})], live: () => live, nodeAddress: undefined })).toEqual([]);
  expect(urls(service({ type: 'ClusterIP', ports }))).toEqual([]);
  expect(urls(undefined)).toEqual([]);
});

test('a load balancer is where it says it is, and at the node until it says so', () => {
  const spec = {
    type: 'LoadBalancer',
    ports: [
      { port: 80, nodePort: 31234 },
      { port: 8080, nodePort: 31235 },
    ],
  };
  expect(urls(service(spec))).toEqual(['http://192.168.49.2:31234', 'http://192.168.49.2:31235']);
  expect(urls(service(spec, { loadBalancer: { ingress: [{ ip: '10.1.2.3' }] } }))).toEqual([
    'http://10.1.2.3',
    'http://10.1.2.3:8080',
  ]);
  expect(urls(service(spec, { loadBalancer: { ingress: [{ hostname: 'lb.test' }, { ip: 'fd00::1' }] } }))).toEqual([
    'http://lb.test',
    'http://lb.test:8080',
    'http://[fd00::1]',
    'http://[fd00::1]:8080',
  ]);
});

test('an Ingress is at its hosts', () => {
  const objects = [
    ingress({
      tls: [{ hosts: ['safe.test'] }],
      rules: [{ host: 'safe.test' }, { host: 'shop.test' }, { host: 'shop.test' }, { host: '*.test' }, {}],
    }),
  ];
  expect(serviceUrls({ forwards: [], objects, live: () => undefined, nodeAddress: undefined })).toEqual([
    { url: 'https://safe.test', through: 'ingress' },
    { url: 'http://shop.test', through: 'ingress' },
  ]);
});
