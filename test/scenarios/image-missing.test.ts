import { expect, test } from 'vitest';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';

test('an image that no registry has is named, with a remedy, and a save in the manifest mends it', async () => {
  await using rig = await openRig('image-missing');
  await rig.up({ expect: 1 });
  const { failure } = await rig.event(passEnded('catalogue', 'failed'));
  expect(failure?.code).toBe('rollout/failed');
  expect(failure?.message).toContain('localhost:5999/shop/catalogue:0.3.5');
  expect(failure?.remedy).toMatch(/\S/);

  const since = rig.mark();
  await rig.edit('k8s/catalogue.yaml', (text) => text.replace('localhost:5999/shop/catalogue:0.3.5', 'busybox:1.36'));
  await rig.event(passEnded('catalogue', 'live'), since);
  expect((await rig.service('catalogue')).liveness).toBe('live');
});
