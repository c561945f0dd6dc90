import { expect, test } from 'vitest';
import { openRig } from '../rig/open-rig.ts';

/** Deployments that are never built, so that all of them could be applied at the same moment. */
function deployments(names: readonly string[]): string {
  return names
    .map((name) =>
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name },
        spec: {
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { app: name } },
            spec: {
              terminationGracePeriodSeconds: 0,
              containers: [{ name, image: 'busybox', imagePullPolicy: 'IfNotPresent', command: ['sleep', '3600'] }],
            },
          },
        },
      }),
    )
    .join('\n---\n');
}

test('more services than the node can start at once have their turns, in order, and say so', async () => {
  await using rig = await openRig('hello-service');
  const [node] = await rig.kube.list('nodes', undefined);
  const atOnce = Math.max(2, Number(node.status.capacity.cpu) * 2);
  const names = Array.from({ length: atOnce + 6 }, (_, index) => `s${String(index).padStart(2, '0')}`);
  await rig.write('k8s/all.yaml', deployments(names));
  await rig.writeConfig('services:\n  hello:\n    dependsOn: [s00]\n');
  await rig.start();

  // hello comes in between, when s00 is live
  const phases = rig.eventsSoFar.flatMap((event) =>
    event.type === 'phase-changed' && names.includes(event.service) ? [event] : [],
  );
  const inTurn = new Set(phases.flatMap(({ service, hold }) => (hold?.reason === 'waiting-for-turn' ? [service] : [])));
  expect(inTurn.size).toBe(names.length - atOnce);
  const begun = phases.flatMap(({ service, phase }) => (phase === 'apply' && inTurn.has(service) ? [service] : []));
  expect(begun).toEqual([...inTurn].toSorted());
  expect((await rig.status()).services.map(({ liveRevision }) => liveRevision > 0)).not.toContain(false);
});
