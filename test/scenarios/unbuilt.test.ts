import { expect, test } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { eventOf, passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

/** A Deployment, and a Job, of an image that nobody builds here; and what they say. */
function others(words: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: talker }
spec:
  selector: { matchLabels: { app: talker } }
  template:
    metadata: { labels: { app: talker } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: talker, image: "busybox:1.36", command: [sh, -c, "echo ${words}; exec sleep 3600"] }
---
apiVersion: batch/v1
kind: Job
metadata: { name: seed }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: seed, image: "busybox:1.36", command: [echo, "sown ${words}"] }
`;
}

test('workloads that nobody builds are deployed, followed, logged and missed like services, a Job that is done is not missed', async () => {
  await using rig = await openRig('hello-service');
  const words = unique('first').replace(' ', '-');
  await rig.write('k8s/others.yaml', others(words));
  await rig.start();
  expect((await rig.status()).services.map(({ name }) => name)).toEqual(['hello', 'talker', 'seed']);
  expect(await rig.service('talker')).toMatchObject({ liveness: 'live', replicas: { wanted: 1, ready: 1 } });
  expect(await rig.service('seed')).toMatchObject({ liveness: 'live' });
  expect((await rig.devloop(['logs', 'talker'])).stdout).toContain(words);
  expect((await rig.devloop(['logs', 'seed'])).stdout).toContain(`sown ${words}`);

  const since = rig.mark();
  const other = unique('second').replace(' ', '-');
  await rig.writeAtomic('k8s/others.yaml', others(other));
  await rig.event(passEnded('talker', 'live'), since);
  await rig.event(passEnded('seed', 'live'), since); // made anew: a Job cannot change
  expect((await rig.devloop(['logs', 'talker'])).stdout).toContain(other);
  expect((await rig.devloop(['logs', 'seed'])).stdout).toContain(`sown ${other}`);

  // a Job that has completed is taken away when its time to live is over
  const deleted = rig.mark();
  await rig.kube.delete('jobs', rig.namespace, 'seed');
  await rig.kube.delete('deployments', rig.namespace, 'talker');
  // what is missed is told, after what is not
  await rig.event(eventOf('service-degraded', { service: 'talker' }), deleted);
  const { liveness, pods } = await poll(
    () => rig.service('seed'),
    (service) => service.pods.length === 0,
    { what: 'the Job and its pod are gone' },
  );
  expect({ liveness, pods }).toEqual({ liveness: 'live', pods: [] });
});
