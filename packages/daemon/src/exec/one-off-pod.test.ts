import { expect, test } from 'vitest';
import type { ContainerSpec } from '../deploy/workload-images.ts';
import { ONE_OFF_LABEL, oneOffPod } from './one-off-pod.ts';

const NAMES = { pod: 'web-run-1', service: 'web', project: 'shop' };
const CONTAINER = {
  name: 'web',
  image: 'web:devloop-1',
  imagePullPolicy: 'IfNotPresent',
  command: ['node', 'server.js'],
  args: ['--port', '80'],
  ports: [{ containerPort: 80, hostPort: 80 }],
  env: [{ name: 'LEVEL', value: 'debug' }],
  envFrom: [{ configMapRef: { name: 'settings' } }],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
  readinessProbe: { httpGet: { port: 80 } },
  livenessProbe: { httpGet: { port: 80 } },
  startupProbe: { httpGet: { port: 80 } },
  lifecycle: { postStart: { exec: { command: ['true'] } } },
};
const SPEC = {
  serviceAccountName: 'robot',
  nodeName: 'minikube',
  restartPolicy: 'Always',
  initContainers: [{ name: 'wait', image: 'busybox' }],
  containers: [{ name: 'proxy', image: 'envoy' }, CONTAINER],
  volumes: [{ name: 'data', emptyDir: {} }],
};
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'dev' },
  spec: { template: { metadata: { labels: { app: 'web' } }, spec: SPEC } },
};

const isWeb = ({ image }: ContainerSpec) => image?.startsWith('web:') === true;

test('the container has what the workload gives it, and nothing that is about serving', () => {
  const made = oneOffPod(DEPLOYMENT, NAMES, isWeb, undefined);
  expect(made?.container).toBe('web');
  expect(made?.object).toMatchObject({
    kind: 'Pod',
    metadata: { name: 'web-run-1', namespace: 'dev' },
    spec: { serviceAccountName: 'robot', restartPolicy: 'Never', initContainers: [], volumes: SPEC.volumes },
  });
  const { image, imagePullPolicy, env, envFrom, volumeMounts } = CONTAINER;
  const command = ['sleep', '86400'];
  expect(made?.object['spec'].containers).toEqual([
    { name: 'web', image, imagePullPolicy, env, envFrom, volumeMounts, command },
  ]);
  expect(made?.object['spec'].nodeName).toBeUndefined();
});

test('what holds it comes with it, beside the volumes that it has', () => {
  const made = oneOffPod(DEPLOYMENT, NAMES, isWeb, Buffer.from('ELF'));
  expect(made?.holder).toMatchObject({
    kind: 'ConfigMap',
    metadata: made?.object.metadata,
    binaryData: { hold: Buffer.from('ELF').toString('base64') },
  });
  const { containers, volumes } = made?.object['spec'] ?? {};
  expect(volumes).toEqual([
    ...SPEC.volumes,
    { name: 'devloop-hold', configMap: { name: 'web-run-1', defaultMode: 0o555 } },
  ]);
  expect(containers).toMatchObject([
    {
      command: ['/devloop-hold/hold'],
      volumeMounts: [...CONTAINER.volumeMounts, { name: 'devloop-hold', mountPath: '/devloop-hold' }],
    },
  ]);
  expect(containers[0].args).toBeUndefined();
});

test('no selector of the workload or its Services fits it', () => {
  const made = oneOffPod(DEPLOYMENT, NAMES, isWeb, undefined);
  expect(made?.object.metadata.labels).toEqual({ 'devloop.dev/project': 'shop', [ONE_OFF_LABEL]: 'web' });
  expect(DEPLOYMENT.spec.template.spec.nodeName).toBe('minikube'); // left as it was
});

test('what runs no pods has none', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
  expect(oneOffPod(service, NAMES, isWeb, undefined)).toBeUndefined();
});
