import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { condition, isReady, KubeletRig, status } from './kubelet-rig.fake.ts';

/** A pod of a program that ignores SIGTERM, ready as soon as it does. */
function deafPod(rig: KubeletRig, spec: object = {}): void {
  const file = `${rig.folder}/deaf`;
  rig.engine.addImage('web:1', ['sh', '-c', `trap '' TERM; : > ${file}; while :; do sleep 0.05; done`]);
  rig.pod({ readinessProbe: { exec: { command: ['test', '-e', file] }, periodSeconds: 0.05 } }, spec);
}

test('a program that does not end is killed when its time is over', async () => {
  await using rig = await KubeletRig.open();
  deafPod(rig, { terminationGracePeriodSeconds: 1 });
  await rig.until(isReady);
  const begin = performance.now();
  rig.delete();
  const ended = await rig.until((pod) => pod['status'].containerStatuses[0].state.terminated);
  expect(ended).toMatchObject({ exitCode: 137, reason: 'Error' });
  await rig.gone();
  // the kubelet never gives less than two seconds
  expect(performance.now() - begin).toBeGreaterThan(1900);
});

test('a deletion that becomes more urgent is', async () => {
  await using rig = await KubeletRig.open();
  deafPod(rig);
  await rig.until(isReady);
  rig.delete();
  await rig.event('Killing');
  const begin = performance.now();
  rig.delete(1);
  await rig.gone();
  expect(performance.now() - begin).toBeLessThan(3000);
});

test('a pod whose object is removed by force leaves nothing', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod({});
  await rig.until(isReady);
  rig.delete(0);
  await rig.noContainers();
});

test('hooks run after the start and before the end', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  const say = (word: string) => ({ exec: { command: ['sh', '-c', `echo ${word} >> ${rig.folder}/hooks`] } });
  rig.pod({ lifecycle: { postStart: say('started'), preStop: say('ending') } });
  await rig.until(isReady);
  rig.delete();
  await rig.gone();
  expect(await readFile(`${rig.folder}/hooks`, 'utf8')).toBe('started\nending\n');
});

test('a container whose first hook fails is ended, with the reason', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod(
    { lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo no; exit 1'] } } } },
    { restartPolicy: 'Never' },
  );
  expect((await rig.event('FailedPostStartHook'))['message']).toBe('PostStartHook failed: no\n');
  await rig.until((pod) => (pod['status'].phase === 'Failed' ? true : undefined));
});

test('a sidecar starts before the others and ends after them', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  const side = { name: 'side', image: 'web:1', imagePullPolicy: 'Never' as const, restartPolicy: 'Always' as const };
  rig.pod({}, { initContainers: [side] });
  const pod = await rig.until(isReady);
  expect(pod['status'].initContainerStatuses[0]).toMatchObject({ name: 'side', ready: true, started: true });
  rig.delete();
  await rig.gone();
  const told = rig.events().flatMap(([reason, message]) => (/Started|Killing/.test(reason) ? [message] : []));
  expect(told).toEqual([
    'Started container side',
    'Started container web',
    'Stopping container web',
    'Stopping container side',
  ]);
});

test('a pod with a deadline fails when it is over', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod({}, { activeDeadlineSeconds: 1 });
  const failed = await rig.until((pod) => (pod['status']?.phase === 'Failed' ? pod['status'] : undefined));
  expect(failed).toMatchObject({
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

test('the last words of a program are told', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1', ['sh', '-c', 'echo one; echo two >&2; exit 1']);
  rig.pod({ terminationMessagePolicy: 'FallbackToLogsOnError' }, { restartPolicy: 'Never' });
  const ended = await rig.until((pod) => status(pod)?.state.terminated);
  expect(ended.message.split('\n').sort()).toEqual(['', 'one', 'two']);
});

test('a program that has not started yet is not asked whether it is ready', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1', ['sh', '-c', `sleep 0.3; touch ${rig.folder}/up; exec sleep 1000`]);
  const exec = { command: ['test', '-e', `${rig.folder}/up`] };
  rig.pod({
    startupProbe: { exec, periodSeconds: 0.05, failureThreshold: 100 },
    readinessProbe: { exec, periodSeconds: 0.05 },
  });
  const starting = await rig.until((pod) => (status(pod)?.state.running ? status(pod) : undefined));
  expect(starting).toMatchObject({ started: false, ready: false });
  expect(status(await rig.until(isReady))).toMatchObject({ started: true, restartCount: 0 });
  expect(rig.events().filter(([, message]) => message.startsWith('Readiness'))).toEqual([]);
});

test('root is refused to a container that must not be it', async () => {
  await using rig = await KubeletRig.open();
  rig.engine.addImage('web:1');
  rig.pod({ securityContext: { runAsNonRoot: true } });
  const waiting = await rig.until((pod) => status(pod)?.state.waiting?.message && status(pod).state.waiting);
  expect(waiting.reason).toBe('CreateContainerConfigError');
  expect(waiting.message).toMatch(
    /^container has runAsNonRoot and image will run as root \(pod: "web_shop\(.*\)", container: web\)$/,
  );
  expect(condition(await rig.until((pod) => pod), 'Ready')).toMatchObject({ status: 'False' });
});
