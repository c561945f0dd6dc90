import { expect } from 'vitest';
import { unique } from '../rig/devloop-rig.ts';
import { passEnded } from '../rig/expected-events.ts';
import type { ApiObject } from '../rig/kube-api.ts';
import { openRig } from '../rig/open-rig.ts';
import { reconfigure, testOnSharedRig } from '../rig/shared-rig.ts';

const test = testOnSharedRig('hello-service');

// biome-ignore lint/suspicious/noExplicitAny: a pod as the API has it
const containerOf = (pod: any) => pod.status.containerStatuses[0];

const uids = (objects: readonly ApiObject[]) => objects.map(({ metadata }) => metadata.uid);

test('a swap keeps pod and ReplicaSet, and leaves objects that tell the truth', async ({ rig }) => {
  const before = await rig.objects('replicasets', 'app=hello');
  const [pod] = await rig.pods('app=hello');
  const [owner] = pod.metadata.ownerReferences;

  for (const round of [1, 2, 3]) {
    const since = rig.mark();
    const message = unique(`swap ${round}`);
    await rig.writeAtomic('hello/message.txt', message);
    const ended = await rig.event(passEnded('hello', 'live'), since);
    expect(ended.kind).toBe('swap');
    await rig.serves('hello', message);

    const [swapped] = await rig.pods('app=hello');
    expect(swapped.metadata.uid).toBe(pod.metadata.uid);
    expect(containerOf(swapped).restartCount).toBe(containerOf(pod).restartCount + round);
    const replicaSets = await rig.objects('replicasets', 'app=hello');
    expect(uids(replicaSets)).toEqual(uids(before));
    const replicaSet = replicaSets.find(({ metadata }) => metadata.uid === owner.uid);
    expect(replicaSet?.spec.template.spec.containers[0].image).toBe(ended.image);
    const deployment = await rig.object('deployments', 'hello');
    expect(deployment.spec.template.spec.containers[0].image).toBe(ended.image);
    expect(deployment.spec.paused ?? false).toBe(false);
    await rig.rolledOut('hello');
  }

  const served = (await rig.served('hello')).body;
  await rig.deletePodAndWait(pod.metadata.name);
  await rig.serves('hello', served);
  const [fresh] = await rig.pods('app=hello');
  expect(fresh.metadata.uid).not.toBe(pod.metadata.uid);
  expect(containerOf(fresh).restartCount).toBe(0);
  expect(fresh.metadata.ownerReferences[0].uid).toBe(owner.uid);
  expect(uids(await rig.objects('replicasets', 'app=hello'))).toEqual(uids(before));
});

test('a program that ignores SIGTERM is swapped too, without a wait for its grace period or a back-off', async () => {
  await using rig = await openRig('hello-service');
  await rig.edit('hello/server.js', (text) => text.slice(0, text.indexOf("process.on('SIGTERM'")));
  // longer than this test waits for anything
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace('containers:', 'terminationGracePeriodSeconds: 200\n      containers:'),
  );
  await rig.start();
  const [pod] = await rig.pods('app=hello');
  const since = rig.mark();
  const message = unique('swapped');
  await rig.writeAtomic('hello/message.txt', message);
  const ended = await rig.event(passEnded('hello', 'live'), since);
  await rig.serves('hello', message);
  expect(ended.kind).toBe('swap');
  const [swapped] = await rig.pods('app=hello');
  expect(swapped.metadata.uid).toBe(pod.metadata.uid);
  expect(containerOf(swapped).lastState.terminated.exitCode).toBe(137);
});

test('more than an image changes: Kubernetes rolls, into a new ReplicaSet', async ({ rig }) => {
  const manifest = await rig.read('k8s/hello.yaml');
  const before = uids(await rig.objects('replicasets', 'app=hello'));
  const since = rig.mark();
  await rig.edit('k8s/hello.yaml', (text) =>
    text.replace('image: hello\n', 'image: hello\n          env: [{ name: COLOUR, value: blue }]\n'),
  );
  const ended = await rig.event(passEnded('hello', 'live'), since);
  expect(ended.kind).toBe('rolling');
  await rig.serves('hello', 'blue', '/env/COLOUR');
  const added = uids(await rig.objects('replicasets', 'app=hello')).filter((uid) => !before.includes(uid));
  expect(added).toHaveLength(1);
  await reconfigure(rig, () => rig.writeAtomic('k8s/hello.yaml', manifest));
});

test('rollout: rolling rolls also where only the image changed', async ({ rig }) => {
  const config = await rig.read('devloop.yaml');
  await reconfigure(rig, () => rig.writeConfig('services:\n  hello:\n    rollout: rolling\n'));
  const [pod] = await rig.pods('app=hello');
  const since = rig.mark();
  const message = unique('rolled');
  await rig.writeAtomic('hello/message.txt', message);
  const ended = await rig.event(passEnded('hello', 'live'), since);
  expect(ended.kind).toBe('rolling');
  await rig.serves('hello', message);
  const pods = await rig.pods('app=hello');
  expect(pods.map((p) => p.metadata.uid)).not.toContain(pod.metadata.uid);
  await reconfigure(rig, () => rig.writeAtomic('devloop.yaml', config));
});
