import { expect, test } from 'vitest';
import { maySwap } from './run-pass.ts';

const template = { spec: { containers: [{ name: 'main', image: 'web' }] } };

test.each([
  ['apps/v1', 'Deployment', 1, true],
  ['apps/v1', 'Deployment', 2, false],
  ['v1', 'Pod', undefined, true],
  // what is left to a swap and never looked at again would keep its old image
  ['batch/v1', 'CronJob', undefined, false],
  ['argoproj.io/v1alpha1', 'Rollout', 1, false],
  ['batch.volcano.sh/v1alpha1', 'Job', undefined, false],
])('%s %s of %s replicas', (apiVersion, kind, replicas, expected) => {
  const object = { apiVersion, kind, metadata: { name: 'web' }, spec: { replicas, template } };
  expect(maySwap(object, undefined)).toBe(expected);
  expect(maySwap(object, 'rolling')).toBe(false);
});

test('what the config wants swapped is, with several replicas too, but not of a kind that cannot be', () => {
  const spec = { replicas: 3, template };
  const metadata = { name: 'web' };
  expect(maySwap({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, 'swap')).toBe(true);
  expect(maySwap({ apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec }, 'swap')).toBe(false);
});
