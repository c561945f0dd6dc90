import { expect, test } from 'vitest';
import { customHealth } from './custom-health.ts';

const object = (status: object | undefined, metadata: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Rollout',
  metadata: { name: 'web', generation: 2, ...metadata },
  ...(status && { status }),
});
const condition = (type: string, status: string, more: object = {}) => ({ conditions: [{ type, status, ...more }] });

test.each<[string, object | undefined, string | undefined]>([
  ['nothing', undefined, undefined],
  ['conditions of its own', condition('Happy', 'False'), undefined],
  ['what is no list of conditions', { conditions: 'none' }, undefined],
  ['Ready', condition('Ready', 'True'), 'well'],
  ['not Ready', condition('Ready', 'False'), 'on-its-way'],
  ['perhaps Ready', condition('Ready', 'Unknown'), 'on-its-way'],
  ['not Available', condition('Available', 'False'), 'on-its-way'],
  [
    'Ready before Available',
    { conditions: [...condition('Available', 'False').conditions, { type: 'Ready', status: 'True' }] },
    'well',
  ],
  ['Stalled', condition('Stalled', 'True'), 'stalled'],
  ['not Stalled', condition('Stalled', 'False'), undefined],
  ['Reconciling', condition('Reconciling', 'True'), 'on-its-way'],
  ['of the generation before', { observedGeneration: 1, ...condition('Ready', 'True') }, 'on-its-way'],
  ['of this one', { observedGeneration: 2, ...condition('Ready', 'True') }, 'well'],
  ['of one in other words', { observedGeneration: '5f6c', ...condition('Ready', 'True') }, 'well'],
])('a status of %s', (_, status, is) => {
  expect(customHealth(object(status), 2)?.is).toBe(is);
});

test('what was applied and is not told yet is on its way, as is what is being deleted', () => {
  expect(customHealth(object(condition('Ready', 'True')), 3)?.is).toBe('on-its-way');
  const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(customHealth(object(condition('Ready', 'True'), deleted), 2)?.is).toBe('on-its-way');
});

test('it has the words of the controller', () => {
  const status = condition('Ready', 'False', { reason: 'NoRoute', message: 'no such host' });
  expect(customHealth(object(status), 2)?.why).toBe('Ready is False: NoRoute: no such host');
});
