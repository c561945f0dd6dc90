import { expect, test } from 'vitest';
import { passEnded } from '../rig/expected-events.ts';
import { openRig } from '../rig/open-rig.ts';
import { poll } from '../rig/poll.ts';

const NODE_PORT = 30080;

test('the API gateway: bare Pods, images of a foreign registry, manifests in a tree, DNS, a LoadBalancer', async () => {
  await using rig = await openRig('api-gateway');
  await rig.start();
  const predict = async () => JSON.parse((await rig.throughNodePort(NODE_PORT, '/predict/21')).body);
  // there is no readiness probe: a program that runs may still need a moment until it listens
  await poll(predict, (answer) => answer.prediction?.score === 42, { what: 'the gateway answers for all three' });
  expect(await predict()).toMatchObject({ gateway: 'v1', model: { name: 'linear' } });
  const byName = async () => {
    const pods = await rig.pods('app');
    return Object.fromEntries(pods.map((pod) => [pod.metadata.name, pod]));
  };
  const before = await byName();
  expect(Object.keys(before).sort()).toEqual(['ml-inference-service', 'ml-service1', 'ml-service2']);
  const { spec } = await rig.object('services', 'ml-inference-service');
  expect(spec.type).toBe('LoadBalancer');
  expect(spec.ports.map((port: { nodePort: number }) => port.nodePort)).toEqual([30080, 30443]);

  const since = rig.mark();
  await rig.edit('score_service/main.py', (text) => text.replace('FACTOR = 2', 'FACTOR = 3'));
  const ended = await rig.event(passEnded('service-2', 'live'), since);
  await poll(predict, (answer) => answer.prediction?.score === 63, { what: 'the new factor' });
  const after = await byName();
  expect(after['ml-service2'].spec.containers[0].image).toBe(ended.image);
  for (const name of ['ml-inference-service', 'ml-service1']) {
    expect(after[name].metadata.uid).toBe(before[name].metadata.uid);
    expect(after[name].status.containerStatuses[0].containerID).toBe(
      before[name].status.containerStatuses[0].containerID,
    );
  }
  // the user's manifests are theirs
  expect(await rig.read('setup/pods/pod.service2.yaml')).toContain('imagePullPolicy: Always');
  const { stdout } = await rig.devloop(['render']);
  expect(stdout).toMatch(/image: .*k8s_101_service_2:devloop-[0-9a-f]{16}/);
  expect(stdout).not.toContain('imagePullPolicy: Always');
});
