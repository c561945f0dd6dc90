import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../ports/kube-object.ts';
import {
  MAX_REPLICAS,
  nextReplicas,
  proportionalSizes,
  rollingBounds,
  scaled,
  totalReplicas,
} from './deployment-scale.ts';

function deployment(replicas: number, rollingUpdate: object = {}): KubeObject {
  const spec = { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

function set(replicas: number, most?: number): KubeObject {
  const annotations = most === undefined ? {} : { [MAX_REPLICAS]: String(most) };
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', annotations }, spec: { replicas } };
}

test.each([
  [1, {}, { maxSurge: 1, maxUnavailable: 0 }],
  [4, {}, { maxSurge: 1, maxUnavailable: 1 }],
  [10, { maxSurge: '25%', maxUnavailable: '25%' }, { maxSurge: 3, maxUnavailable: 2 }],
  [10, { maxSurge: 0, maxUnavailable: 0 }, { maxSurge: 0, maxUnavailable: 1 }],
  [3, { maxSurge: 0, maxUnavailable: 5 }, { maxSurge: 0, maxUnavailable: 3 }],
])('%i replicas with %j', (replicas, rolling, bounds) => {
  expect(rollingBounds(deployment(replicas, rolling))).toEqual(bounds);
});

test('shares are rounded as they are asked to be', () => {
  expect([scaled('25%', 10, true), scaled('25%', 10, false), scaled(3, 10, true)]).toEqual([3, 2, 3]);
});

test('the newest ReplicaSet never grows past what is wanted, nor all together past the surge', () => {
  const numbers = fc.record({ replicas: fc.nat(20), old: fc.nat(30), current: fc.nat(20), maxSurge: fc.nat(5) });
  fc.assert(
    fc.property(numbers, ({ replicas, old, current, maxSurge }) => {
      fc.pre(current <= replicas);
      const web = deployment(replicas, { maxSurge, maxUnavailable: 1 });
      const next = nextReplicas(web, [set(old), set(current)], current);
      expect(next).toBeGreaterThanOrEqual(current);
      expect(next).toBeLessThanOrEqual(replicas);
      if (next > current) expect(next + old).toBeLessThanOrEqual(replicas + maxSurge);
    }),
  );
});

test('scaled while it rolls, all sizes together are what is wanted with the surge', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 40 }), (before, replicas) => {
      const most = before.reduce((sum, size) => sum + size, 0);
      const sets = before.map((size) => set(size, most));
      const after = proportionalSizes(deployment(replicas, { maxSurge: 1 }), sets);
      expect([...after.values()].every((size) => size >= 0)).toBe(true);
      const total = totalReplicas([...after.values()].map((size) => set(size)));
      expect(total).toBe(replicas + 1);
    }),
  );
});
