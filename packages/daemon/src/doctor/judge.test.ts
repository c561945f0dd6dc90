import { expect, test } from 'vitest';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import {
  countWatches,
  isAtLeast,
  judgeDisk,
  judgeDiskPressure,
  judgeKubernetes,
  judgeNode,
  judgeProfile,
  judgeRuntimes,
  judgeWatches,
} from './judge.ts';

const node = (name: string, runtime: string, pressure = 'False'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: {
    nodeInfo: { containerRuntimeVersion: runtime },
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'DiskPressure', status: pressure },
    ],
  },
});
const minikube = { name: 'minikube', driver: 'docker', runtime: 'docker', ca: undefined, servers: [] };
const running = { Host: 'Running', Kubelet: 'Running', APIServer: 'Running' };

test.each([
  ['22.22.0', '22.22.0', true],
  ['v24.1.0', '22.22.0', true],
  ['22.21.9', '22.22.0', false],
  ['v1.31.0+k3s1', '1.20.0', true],
  ['v1.19.16', '1.20.0', false],
  ['v1.20', '1.20.0', true],
  ['newest', '1.20.0', undefined],
])('%s is at least %s: %s', (version, oldest, expected) => {
  expect(isAtLeast(version, oldest)).toBe(expected);
});

test('Node and Kubernetes', () => {
  expect(judgeNode('24.0.0').status).toBe('ok');
  expect(judgeNode('20.20.2')).toMatchObject({ status: 'failed', remedy: expect.stringContaining('22.22') });
  expect(judgeKubernetes('https://a', 'v1.30.1').status).toBe('ok');
  expect(judgeKubernetes('https://a', 'v1.19.0').status).toBe('failed');
  expect(judgeKubernetes('https://a', 'main').status).toBe('warning');
});

test('a minikube profile', () => {
  expect(judgeProfile(minikube, running).status).toBe('ok');
  expect(judgeProfile(minikube, undefined).status).toBe('warning');
  expect(judgeProfile({ ...minikube, name: 'two' }, { ...running, Host: 'Stopped' })).toMatchObject({
    status: 'failed',
    remedy: 'Start it: minikube start -p two',
  });
  expect(judgeProfile({ ...minikube, runtime: 'containerd' }, running)).toMatchObject({ status: 'failed' });
});

test('the engine is that of the nodes', () => {
  expect(judgeRuntimes('27.1.0', [node('a', 'docker://27.1.0')]).status).toBe('ok');
  expect(judgeRuntimes('27.1.0+dfsg', [node('a', 'docker://27.1.0')]).status).toBe('ok');
  expect(judgeRuntimes('27.1.0', [node('a', 'containerd://1.7')]).status).toBe('failed');
  expect(judgeRuntimes('27.1.0', [node('a', 'docker://27.1.0'), node('b', 'docker://27.1.0')]).status).toBe('warning');
  expect(judgeRuntimes('27.1.0', []).status).toBe('warning');
});

test('disks', () => {
  expect(judgeDiskPressure([node('a', '')]).status).toBe('ok');
  expect(judgeDiskPressure([node('a', ''), node('b', '', 'True')])).toMatchObject({
    status: 'failed',
    detail: expect.stringMatching(/^b /),
  });
  expect(judgeDisk({ used: 84, size: 100 }, '').status).toBe('ok');
  expect(judgeDisk({ used: 85, size: 100 }, '').status).toBe('warning');
  expect(judgeDisk(undefined, '3 images')).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('not known'),
  });
});

test('file watches', () => {
  const use = { maxWatches: 524_288, maxInstances: 512, watches: 10, instances: 2 };
  expect(judgeWatches(use)).toMatchObject({ status: 'ok' });
  expect(judgeWatches({ ...use, maxWatches: 8192 })).toMatchObject({
    status: 'warning',
    remedy: expect.stringContaining('fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024'),
  });
  expect(judgeWatches({ ...use, maxInstances: 64 }).status).toBe('warning');
  expect(judgeWatches({ ...use, watches: 500_000 }).status).toBe('warning');
  const instance = 'pos:\t0\nflags:\t00\ninotify wd:2 ino:1\ninotify wd:1 ino:2\n';
  expect(countWatches([instance, 'pos:\t0\n', instance])).toEqual({ watches: 4, instances: 3 });
});
