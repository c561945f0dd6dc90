import { expect, test } from 'vitest';
import { isOfCluster } from './cluster-address.ts';

test.each([
  ['10.244.0.1', true],
  ['10.244.255.254', true],
  ['10.96.0.10', true],
  ['10.103.7.8', true],
  ['10.111.255.254', true],
  ['10.95.0.1', false],
  ['10.112.0.1', false],
  ['10.24.0.1', false],
  ['192.168.1.1', false],
  ['127.0.0.1', false],
  ['::1', false],
])('%s: %s', (address, expected) => {
  expect(isOfCluster(address)).toBe(expected);
});
