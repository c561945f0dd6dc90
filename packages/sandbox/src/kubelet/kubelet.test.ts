import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import { condition, isReady, KubeletRig, status } from './kubelet-rig.fake.ts';
import type { Container } from './pod-spec.ts';

test('a pod is scheduled, runs, is ready, and ends with its deletion', async () => {
  await using rig = await KubeletRig.open();
  const image = rig.engine.addImage('web:1');
  rig.pod({});
  const pod = await rig.until(isReady);
  expect(pod['spec'].nodeName).toBe('sandbox');
  expect(pod['status']).toMatchObject({ phase: 'Running', podIP: '127.0.0.1', qosClass: 'BestEffort' });
  expect(status(pod)).toMatchObject({
    name: 'web',
    image: 'web:1',
    imageID: `docker://${image.id}`,
    restartCount: 0,
    ready: true,
    started: true,
  });
  const [container] = rig.engine.containers();
  expect(status(pod).containerID).toBe(`docker://${container?.id}`);
  expect(container?.spec.name).toBe(`k8s_web_web_shop_${pod.metadata.uid}_0`);
  expect(rig.events()).toEqual([
    ['Scheduled', 'Successfully assigned shop/web to sandbox'],
    ['Pulled', 'Container image "web:1" already present on machine'],
    ['Created', 'Created container: web'],
    ['Started', 'Started container web'],
  ]);

  rig.store.delete({ resource: 'pods', namespace: 'shop', name: 'web' });
  await rig.store.until('pods', (pods) => (pods.length === 0 ? true : undefined));
  expect(rig.engine.containers()).toEqual([]);
  expect(rig.events().at(-1)).toEqual(['Killing', 'Stopping container web']);
  expect(await readdir(path.join(rig.folder, 'kubelet', 'pods'))).toEqual([]);
});

test('a new image in a running pod restarts that container and nothing else', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  const next = rig.engine.addImage('web:2');
  rig.pod({}, { containers: ['web', 'side'].map((name) => ({ name, image: 'web:1', imagePullPolicy: 'Never' })) });
  const before = await rig.until(isReady);
  rig.patch((spec) => ({
    ...spec,
    containers: spec.containers.map((each) => (each.name === 'web' ? { ...each, image: 'web:2' } : each)),
  }));
  const after = await rig.until((pod) => (status(pod).imageID === `docker://${next.id}` ? isReady(pod) : undefined));
  const [web, side] = after['status'].containerStatuses;
  expect(web).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 143, reason: 'Error' } } });
  expect(side).toEqual(before['status'].containerStatuses[1]);
  expect(rig.events()).toContainEqual(['Killing', 'Container web definition changed, will be restarted']);
});

test('a program that exits is started again, and then held back', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1', ['sh', '-c', 'echo oh no >&2; exit 3']);
  rig.pod({});
  const pod = await rig.until((each) =>
    status(each)?.state.waiting?.reason === 'CrashLoopBackOff' ? each : undefined,
  );
  expect(status(pod)).toMatchObject({
    ready: false,
    restartCount: 1,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off 10s restarting failed container=web pod=web_shop(${pod.metadata.uid})`,
      },
    },
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
  expect(pod['status'].phase).toBe('Running');
  expect(condition(pod, 'Ready')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [web]',
  });
  expect((await rig.event('BackOff'))['message']).toBe(
    `Back-off restarting failed container web in pod web_shop(${pod.metadata.uid})`,
  );
  // both runs are there, for `logs` and `logs --previous`
  expect(rig.engine.containers()).toHaveLength(2);

  rig.engine.addImage('web:2');
  rig.patch((spec) => ({ ...spec, containers: spec.containers.map((each) => ({ ...each, image: 'web:2' })) }));
  expect(status(await rig.until(isReady))).toMatchObject({ restartCount: 2 });
});

test.each<[string, Partial<Container>, string, string]>([
  ['never pulled', {}, 'ErrImageNeverPull', 'Container image "web:1" is not present with pull policy of Never'],
  [
    'not to be had',
    { imagePullPolicy: 'IfNotPresent', image: 'shop/catalogue:0.3' },
    'ErrImagePull',
    'Error response from daemon: pull access denied for shop/catalogue:0.3, repository does not exist',
  ],
  [
    'no name',
    { image: 'Web:1' },
    'InvalidImageName',
    'Failed to apply default image tag "Web:1": couldn\'t parse image name "Web:1": invalid reference format',
  ],
])('an image that is %s', async (_what, container, reason, message) => {
  await using rig = await KubeletRig.open();
  rig.pod(container);
  const waiting = await rig.until((pod) => status(pod)?.state.waiting?.message && status(pod).state.waiting);
  expect(waiting).toEqual({ reason, message });
  expect(rig.events()).toContainEqual(['Failed', `Error: ${reason}`]);
});

test('a ConfigMap that is not there is named, and the pod goes on when it comes', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  const env = [
    { name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'words', key: 'greeting' } } },
    { name: 'WHO', value: '$(GREETING) $(NOBODY) $$(X)' },
    { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ];
  rig.pod({ env });
  const waiting = await rig.until((pod) => status(pod)?.state.waiting?.message && status(pod).state.waiting);
  expect(waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "words" not found' });
  rig.store.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'words', namespace: 'shop' },
    data: { greeting: 'hello' },
  });
  await rig.until(isReady);
  expect(rig.engine.containers()[0]?.spec.env).toMatchObject({
    GREETING: 'hello',
    WHO: 'hello $(NOBODY) $(X)',
    IP: '127.0.0.1',
  });
});

test('volumes are folders with what they name, and what is not there is told', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  const volumes = [{ name: 'words', configMap: { name: 'words' } }];
  rig.pod({ volumeMounts: [{ name: 'words', mountPath: '/etc/words' }] }, { volumes });
  expect((await rig.event('FailedMount'))['message']).toBe(
    'MountVolume.SetUp failed for volume "words" : configmap "words" not found',
  );
  const words = (greeting: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'words', namespace: 'shop' },
    data: { greeting },
  });
  rig.store.create('configmaps', words('hello'));
  await rig.until(isReady);
  const mount = rig.engine.containers()[0]?.spec.mounts.find(({ target }) => target === '/etc/words');
  expect(await readFile(path.join(mount?.source ?? '', 'greeting'), 'utf8')).toBe('hello');
});

test('a folder of the machine is never mounted', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod({}, { volumes: [{ name: 'home', hostPath: { path: '/' } }] });
  expect((await rig.event('FailedMount'))['message']).toContain('hostPath "/" is refused');
});

test('init containers run before the others, one after the other', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.engine.addImage('init:1', ['true']);
  const initContainers = ['one', 'two'].map((name) => ({ name, image: 'init:1', imagePullPolicy: 'Never' as const }));
  rig.pod({}, { initContainers });
  const pod = await rig.until(isReady);
  expect(rig.events().flatMap(([reason, message]) => (reason === 'Started' ? [message] : []))).toEqual([
    'Started container one',
    'Started container two',
    'Started container web',
  ]);
  expect(pod['status'].initContainerStatuses).toMatchObject([
    { name: 'one', ready: true, state: { terminated: { reason: 'Completed', exitCode: 0 } } },
    { name: 'two', ready: true },
  ]);
});

test('a program that comes to its end completes its pod', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1', ['true']);
  rig.pod({}, { restartPolicy: 'Never' });
  const pod = await rig.until((each) => (each['status']?.phase === 'Succeeded' ? each : undefined));
  expect(status(pod).state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  expect(condition(pod, 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
});

test('a command that is not there cannot be run', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1', ['/no/such/program']);
  rig.pod({});
  const found = await rig.until((pod) => status(pod)?.lastState?.terminated && status(pod));
  expect(found).toMatchObject({ lastState: { terminated: { exitCode: 127, reason: 'ContainerCannotRun' } } });
  expect((await rig.event('Failed'))['message']).toMatch(
    /^Error: failed to start container "web": Error response from daemon: exec: "\/no\/such\/program"/,
  );
});

test('readiness follows its probe, and a dead program is restarted', async () => {
  let code = 503;
  await using server = http.createServer((_request, response) => response.writeHead(code).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod({
    readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 0.02 },
    livenessProbe: { exec: { command: ['sh', '-c', `test ! -e ${rig.folder}/dead`] }, periodSeconds: 0.05 },
  });
  expect((await rig.event('Unhealthy'))['message']).toBe(
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
  );
  code = 200;
  await rig.until(isReady);
  await writeFile(`${rig.folder}/dead`, '');
  const killing = await rig.event('Killing');
  expect(killing['message']).toBe('Container web failed liveness probe, will be restarted');
  await rm(`${rig.folder}/dead`);
  await rig.until((pod) => (status(pod).restartCount === 1 ? isReady(pod) : undefined));
});

test('a probe by gRPC is asked over HTTP/2', async () => {
  await using server = http.createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod({ readinessProbe: { grpc: { port }, periodSeconds: 0.05 } });
  expect((await rig.event('Unhealthy'))['message']).toMatch(/^Readiness probe failed: (?:error|timeout): /);
});

test('a pod that no node takes stays pending, with the reason', async () => {
  await using rig = await KubeletRig.open();
  rig.pod({}, { nodeSelector: { disk: 'ssd' } });
  const found = await rig.until((pod) => condition(pod, 'PodScheduled'));
  expect(found).toMatchObject({
    status: 'False',
    reason: 'Unschedulable',
    message: expect.stringContaining("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
  });
  expect((await rig.event('FailedScheduling'))['type']).toBe('Warning');
});
