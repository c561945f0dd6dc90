import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

const SECRETS = [{ name: 'first' }, { name: 'second' }];

test('secrets for pulling images come into the cluster as manifests and their accounts have them, and stay through a save', async () => {
  await using rig = await openRig('hello-service');
  const manifest = await rig.read('k8s/hello.yaml');
  const named = manifest.replace(
    '    spec:\n      containers:',
    '    spec:\n      imagePullSecrets: [{ name: first }, { name: second }]\n      containers:',
  );
  expect(named).not.toBe(manifest);
  await rig.write('k8s/hello.yaml', named);
  const account =
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: puller }\nimagePullSecrets: [{ name: first }, { name: second }]\n';
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: other }\nspec: { serviceAccountName: puller, containers: [{ name: other, image: "busybox:1.36", command: [sleep, "3600"] }], terminationGracePeriodSeconds: 1 }\n';
  await rig.write('k8s/other.yaml', `${account}---\n${pod}`);
  await rig.start();
  expect((await rig.object('serviceaccounts', 'puller')).imagePullSecrets).toEqual(SECRETS);
  expect((await rig.object('pods', 'other')).spec.serviceAccountName).toBe('puller');

  const since = rig.mark();
  await rig.writeAtomic('hello/message.txt', unique('saved'));
  await rig.event(passEnded('hello', 'live'), since);
  const pods = await rig.pods('app=hello');
  expect(pods.map(({ spec }) => spec.imagePullSecrets)).toEqual([SECRETS]);
});
