import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { pullOf } from './pulled-images.ts';
import type { Workload, WorkloadStatus } from './workload-status.ts';

const REFERENCE = 'localhost:5000/web:devloop-1';
const pod: KubernetesObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', uid: 'u1' } };
const workload = {
  namespace: 'shop',
  expected: new Map([['web', { reference: REFERENCE, imageId: 'sha256:1' }]]),
} as unknown as Workload;
const status = { newest: [pod] } as unknown as WorkloadStatus;

function pull(events: readonly (readonly [reason: string, message: string])[]) {
  const objects = events.map(([reason, message]) => ({ ...pod, kind: 'Event', reason, message }));
  return pullOf([workload], [status], { eventsOf: (_namespace, uid) => (uid === 'u1' ? objects : []) });
}

test.each([
  ['nothing is told', [], undefined],
  ['it was there', [['Pulled', `Container image "${REFERENCE}" already present on machine`]], undefined],
  ['it is being pulled', [['Pulling', `Pulling image "${REFERENCE}"`]], 'begun'],
  [
    'it was pulled',
    [
      ['Pulling', `Pulling image "${REFERENCE}"`],
      ['Pulled', `Successfully pulled image "${REFERENCE}" in 52ms`],
    ],
    'done',
  ],
  [
    'another name of it was pulled before',
    [
      ['Pulling', `Pulling image "${REFERENCE}-2"`],
      ['Pulled', `Successfully pulled image "${REFERENCE}-2" in 52ms`],
    ],
    undefined,
  ],
] as const)('%s', (_case, events, expected) => {
  expect(pull(events)).toBe(expected);
});
