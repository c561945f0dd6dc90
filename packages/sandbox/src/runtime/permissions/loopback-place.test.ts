import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loopbackPlace } from './loopback-place.ts';

const blocks = { pods: 130, services: 192 };

test.each([
  ['10.244.0.1', 8080, '127.130.0.1', 8080],
  ['10.244.3.17', 80, '127.130.3.17', 50_080],
  ['10.96.0.10', 53, '127.192.0.10', 50_053],
  ['10.111.255.254', 443, '127.207.255.254', 50_443],
  ['10.112.0.1', 80, '10.112.0.1', 80],
  ['192.168.1.1', 80, '192.168.1.1', 80],
  ['10.244.0.2', 0, '127.130.0.2', 0],
])('%s:%i is at %s:%i', (address, port, host, placed) => {
  expect(loopbackPlace(blocks, address, port)).toEqual({ host, port: placed });
});

test('no two addresses of the cluster are at one place', () => {
  const address = fc
    .tuple(fc.oneof(fc.constant(244), fc.integer({ min: 96, max: 111 })), fc.nat(255), fc.nat(255))
    .map(([second, third, fourth]) => `10.${second}.${third}.${fourth}`);
  const at = (one: string) => loopbackPlace(blocks, one, 8080).host;
  fc.assert(fc.property(address, address, (one, other) => (one === other) === (at(one) === at(other))));
});
