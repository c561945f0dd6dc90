import { describe, expect, test } from 'vitest';
import { eventObject, ID, podObject } from './live-objects.fake.ts';
import { diagnosePod, podStatus } from './pod-diagnosis.ts';

const waiting = (reason: string, message = 'said') => ({ ready: false, state: { waiting: { reason, message } } });
const terminated = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, ...more } });
const pending = { ready: false, phase: 'Pending', status: { containerStatuses: [] } };
const unschedulable = (message: string) => ({
  ...pending,
  status: {
    containerStatuses: [],
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  },
});

describe('a diagnosis', () => {
  test.each<[string, Parameters<typeof podObject>[1], string, boolean]>([
    ['an image that is not there', waiting('ErrImagePull'), 'image-missing', true],
    ['an image that is never pulled', waiting('ErrImageNeverPull'), 'image-missing', true],
    ['a name that is none', waiting('InvalidImageName'), 'image-missing', true],
    ['a Secret that is not there', waiting('CreateContainerConfigError'), 'config-missing', true],
    ['a command that is not there', waiting('RunContainerError'), 'config-missing', true],
    ['a crash loop', { ...waiting('CrashLoopBackOff'), lastState: terminated(1), restarts: 3 }, 'crash-loop', true],
    ['a crash before the first restart', { ready: false, state: terminated(2) }, 'crashed', false],
    [
      'a crash without restarts',
      { ready: false, state: terminated(2), spec: { restartPolicy: 'Never' } },
      'crash-loop',
      true,
    ],
    ['a node that is full', unschedulable('0/1 nodes are available: 1 Insufficient cpu.'), 'unschedulable', true],
    [
      'a claim that is being bound',
      unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
      'unschedulable',
      false,
    ],
    [
      'an eviction',
      { ...pending, phase: 'Failed', status: { reason: 'Evicted', message: 'low on disk' } },
      'evicted',
      true,
    ],
    [
      'a pod that the node does not allow',
      { ...pending, phase: 'Failed', status: { reason: 'SysctlForbidden', message: 'forbidden sysctl' } },
      'turned-away',
      true,
    ],
    [
      'a node that is not ready yet',
      unschedulable(
        "0/1 nodes are available: 1 node(s) had taint {node.kubernetes.io/not-ready: }, that the pod didn't tolerate.",
      ),
      'unschedulable',
      false,
    ],
  ])('%s', (_what, options, code, fatal) => {
    expect(diagnosePod(podObject('a', options), [])).toMatchObject({ code, fatal });
  });

  test.each([
    ['0/1 nodes are available: 1 Insufficient cpu.', 'resources.requests'],
    ['pod has unbound immediate PersistentVolumeClaims.', 'StorageClass'],
    ['1 node(s) had taint {node.kubernetes.io/not-ready: }, that the pod did not tolerate.', 'kubectl describe nodes'],
    ['1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.', 'docker system prune'],
    ['1 node(s) were unschedulable.', 'kubectl uncordon'],
    ["1 node(s) didn't match Pod's node affinity/selector.", 'nodeSelector'],
    ['1 node(s) had untolerated taint {dedicated: gpu}.', 'tolerations'],
  ])('what mends it where no node takes a pod: %s', (message, mends) => {
    expect(diagnosePod(podObject('a', unschedulable(message)), [])?.remedy).toContain(mends);
  });

  test('there is none where there is nothing but to wait', () => {
    expect(diagnosePod(podObject('a'), [])).toBeUndefined();
    expect(diagnosePod(podObject('a', waiting('ContainerCreating')), [])).toBeUndefined();
    expect(diagnosePod(podObject('a', pending), [])).toBeUndefined();
    expect(diagnosePod(podObject('a', { ready: false, state: terminated(0) }), [])).toBeUndefined();
    const shutDown = { ...pending, phase: 'Failed', status: { reason: 'Shutdown', containerStatuses: [] } };
    expect(diagnosePod(podObject('a', shutDown), [])).toBeUndefined();
  });

  test('how a container ended that ran the content before a swap is no news about the new one', () => {
    const crashed = { ...waiting('CrashLoopBackOff'), lastState: terminated(1), imageId: ID.one };
    const expect1 = new Map([['main', { reference: 'web:1', imageId: ID.one }]]);
    const expect2 = new Map([['main', { reference: 'web:1', imageId: ID.two }]]);
    expect(diagnosePod(podObject('a', crashed), [], expect1)?.code).toBe('crash-loop');
    expect(diagnosePod(podObject('a', crashed), [], expect2)).toBeUndefined();
  });

  test('nor is an image that could not be had and is no longer asked for', () => {
    const spec = { containers: [{ name: 'main', image: 'web:2' }] };
    expect(diagnosePod(podObject('a', { ...waiting('ErrImagePull'), image: 'web:1', spec }), [])).toBeUndefined();
    expect(diagnosePod(podObject('a', { ...waiting('ErrImagePull'), image: 'web:2', spec }), [])?.code).toBe(
      'image-missing',
    );
  });

  test.each([
    ['ErrImageNeverPull', 'is not present with pull policy of Never', 'minikube image load web:1'],
    ['ErrImagePull', 'Get "https://reg.test/v2/": dial tcp: lookup reg.test: no such host', 'imagePullPolicy'],
    ['ErrImagePull', 'Get "https://reg.test/v2/": x509: certificate signed by unknown authority', 'certs.d'],
    ['ErrImagePull', 'http: server gave HTTP response to HTTPS client', '--insecure-registry'],
    ['ImagePullBackOff', 'Back-off pulling image', 'build.image'],
    ['ErrImagePull', 'pull access denied for web, repository does not exist', 'Correct the image'],
  ])('what mends that an image cannot be had: %s, %s', (reason, message, mends) => {
    expect(diagnosePod(podObject('a', waiting(reason, message)), [])?.remedy).toContain(mends);
  });

  test('an image that devloop pushed is not corrected in the manifest: the node has to be able to pull it', () => {
    const pod = podObject('a', waiting('ErrImagePull'));
    const image = { reference: 'web:1', imageId: ID.one };
    expect(diagnosePod(pod, [], new Map([['main', image]]))?.remedy).toContain('build.image');
    const pushed = new Map([['main', { ...image, digest: 'sha256:abc' }]]);
    expect(diagnosePod(pod, [], pushed)?.remedy).toContain('imagePullSecrets');
  });

  test('says how it crashed, where its last lines are, and how often', () => {
    const loop = {
      ...waiting('CrashLoopBackOff'),
      lastState: terminated(127, { message: 'one\nnot found\n' }),
      restarts: 4,
    };
    expect(diagnosePod(podObject('a', loop), [])).toMatchObject({
      message:
        'Container main in pod a crashed with exit code 127: the command was not found in the image (not found), 4 times.',
      container: 'main',
      previous: true,
    });
  });

  test('an init container counts, and its message comes first', () => {
    const init = {
      name: 'setup',
      image: 'i',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ErrImagePull' } },
    };
    const pod = podObject('a', waiting('PodInitializing'));
    pod['status'].initContainerStatuses = [init];
    expect(diagnosePod(pod, [])).toMatchObject({ message: expect.stringContaining('container setup in pod a') });
  });
});

describe('events explain what the status does not', () => {
  test('a mount that fails, for good when it fails again', () => {
    const pod = podObject('a', pending);
    expect(diagnosePod(pod, [eventObject('a', 'FailedMount', 'no ConfigMap')])).toMatchObject({
      code: 'config-missing',
      fatal: false,
    });
    expect(diagnosePod(pod, [eventObject('a', 'FailedMount', 'no ConfigMap', 3)])?.fatal).toBe(true);
    expect(diagnosePod(podObject('a'), [eventObject('a', 'FailedMount', 'no ConfigMap', 3)])).toBeUndefined();
  });

  test('a probe that fails, while the pod is not ready', () => {
    const events = [eventObject('a', 'Unhealthy', 'Readiness probe failed')];
    expect(diagnosePod(podObject('a', { ready: false }), events)).toMatchObject({
      code: 'probe-failing',
      fatal: false,
      container: 'main',
    });
    expect(diagnosePod(podObject('a'), events)).toBeUndefined();
  });
});

describe("kubectl's STATUS", () => {
  const withInit = (init: object, spec: object = {}) => {
    const pod = podObject('a', { spec: { initContainers: [{ name: 'setup', ...spec }] } });
    pod['status'].initContainerStatuses = [{ name: 'setup', image: 'i', ready: false, restartCount: 0, ...init }];
    return pod;
  };
  test.each([
    ['Running', podObject('a')],
    ['Terminating', podObject('a', { deleted: true })],
    ['CrashLoopBackOff', podObject('a', waiting('CrashLoopBackOff'))],
    ['Error', podObject('a', { state: terminated(1, { reason: 'Error' }) })],
    ['Signal:9', podObject('a', { state: terminated(137, { signal: 9 }) })],
    ['ExitCode:2', podObject('a', { state: terminated(2) })],
    ['Evicted', podObject('a', { phase: 'Failed', status: { reason: 'Evicted', containerStatuses: [] } })],
    ['Pending', podObject('a', pending)],
    ['Init:0/1', withInit({ state: { running: {} } })],
    ['Init:ErrImagePull', withInit({ state: { waiting: { reason: 'ErrImagePull' } } })],
    ['Running', withInit({ state: { terminated: { exitCode: 0 } } })],
    ['Running', withInit({ state: { running: {} } }, { restartPolicy: 'Always' })],
  ])('%s %#', (status, pod) => {
    expect(podStatus(pod)).toBe(status);
  });
});
