import { expect, test } from 'vitest';
import { FakeLiveObjects, podObject, workloadObject } from '../rollout/live-objects.fake.ts';
import { type CustomWorkload, workloadStatus } from '../rollout/workload-status.ts';
import { podlessNote, withKnownPods } from './follow-custom.ts';

function site(pods: CustomWorkload['resource']['pods']): CustomWorkload {
  const resource = { apiVersion: 'example.com/v1', uid: 'uid-web', pods };
  return { kind: 'Site', namespace: 'shop', name: 'web', generation: 1, expected: new Map(), resource };
}

const nothing = new FakeLiveObjects(podObject('stranger'));
const made = new FakeLiveObjects(
  workloadObject('ReplicaSet', 'set', { owner: 'web' }),
  podObject('a', { owner: 'set' }),
);

test('what is known of a custom resource without pods is said, and nothing of others', () => {
  expect(podlessNote([site('if-any')], nothing)).toContain(
    'Site/web was applied, and no controller has made pods of it',
  );
  expect(podlessNote([site('none')], made)).toContain('devloop.yaml says that it has no pods');
  expect(podlessNote([site('if-any')], made)).toBeUndefined();
  const well = { conditions: [{ type: 'Ready', status: 'True' }] };
  const itself = new FakeLiveObjects(workloadObject('Site', 'web', { status: well }));
  expect(podlessNote([site('if-any')], itself)).toBeUndefined();
  const deployment = {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    generation: 1,
    expected: new Map(),
  } as const;
  expect(podlessNote([deployment], nothing)).toBeUndefined();
});

test('one that has had pods is not live without them', () => {
  const known = withKnownPods(site('if-any'), made);
  expect(workloadStatus(known, made).done).toBe(true);
  expect(workloadStatus(known, nothing).done).toBe(false);
  expect(workloadStatus(withKnownPods(site('if-any'), nothing), nothing).done).toBe(true);
  expect(withKnownPods(site('none'), made)).toEqual(site('none'));
});
