/** One request to an API server. `NS` in the path stands for the namespace of the run. */
export interface ContractStep {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

/** Requests that follow each other; each answer of the sandbox has to be the real server's. */
export interface ContractCase {
  readonly name: string;
  readonly steps: readonly ContractStep[];
}

const CORE = '/api/v1/namespaces/NS';
const APPS = '/apis/apps/v1/namespaces/NS';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';

const container = (fields: object = {}) => ({ name: 'web', image: 'nginx:1.27', ...fields });
const deployment = (name: string, podSpec: object = {}, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...podSpec } },
    ...spec,
  },
});
const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
const configMap = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

const create = (path: string, body: unknown): ContractStep => ({ method: 'POST', path, body });
const read = (path: string): ContractStep => ({ method: 'GET', path });
const patch = (path: string, contentType: string, body: unknown): ContractStep => ({
  method: 'PATCH',
  path,
  contentType,
  body,
});
const remove = (path: string, body?: unknown): ContractStep => ({ method: 'DELETE', path, body });

const probe = { httpGet: { port: 80 } };

export const CONTRACT: readonly ContractCase[] = [
  {
    name: 'a Deployment with its defaults',
    steps: [
      create(
        `${APPS}/deployments`,
        deployment('full', {
          containers: [
            container({
              ports: [{ containerPort: 80 }],
              env: [
                { name: 'A', value: '1' },
                { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              ],
              resources: { limits: { cpu: '0.5', memory: '1024Mi' }, requests: { cpu: '1500m' } },
              readinessProbe: probe,
              volumeMounts: [{ name: 'cfg', mountPath: '/cfg' }],
            }),
          ],
          volumes: [{ name: 'cfg', configMap: { name: 'x' } }, { name: 'tmp' }, { name: 'h', hostPath: { path: '/' } }],
        }),
      ),
      create(`${APPS}/deployments`, deployment('plain', { containers: [container({ image: 'nginx' })] })),
      create(
        `${APPS}/deployments`,
        deployment('good', {
          containers: [container({ readinessProbe: probe, volumeMounts: [{ name: 'cfg', mountPath: '/cfg' }] })],
          volumes: [{ name: 'cfg', configMap: { name: 'x' } }, { name: 'tmp' }, { name: 'h', hostPath: { path: '/' } }],
        }),
      ),
      read(`${APPS}/deployments/nope`),
      create(`${APPS}/deployments`, deployment('plain')),
    ],
  },
  {
    name: 'Deployments that are refused',
    steps: [
      create(`${APPS}/deployments`, deployment('bad', {}, { selector: { matchLabels: { app: 'other' } } })),
      create(`${APPS}/deployments`, deployment('bad', {}, { selector: undefined })),
      create(`${APPS}/deployments`, deployment('bad', {}, { selector: {} })),
      create(`${APPS}/deployments`, deployment('bad', { containers: [] })),
      create(`${APPS}/deployments`, deployment('bad', { containers: [container({ image: undefined })] })),
      create(`${APPS}/deployments`, deployment('bad', { containers: [container(), container()] })),
      create(`${APPS}/deployments`, deployment('bad', { restartPolicy: 'Never' })),
      create(`${APPS}/deployments`, deployment('bad', { restartPolicy: 'Sometimes' })),
      create(`${APPS}/deployments`, deployment('bad', { terminationGracePeriodSeconds: -1 })),
      create(`${APPS}/deployments`, deployment('Bad_Name')),
      create(`${APPS}/deployments`, deployment('bad', {}, { replicas: -1 })),
      create(`${APPS}/deployments`, deployment('bad', {}, { replicas: 'two' })),
      create(`${APPS}/deployments`, deployment('bad', {}, { strategy: { type: 'Fancy' } })),
      create(
        `${APPS}/deployments`,
        deployment('bad', { containers: [container({ volumeMounts: [{ name: 'nope', mountPath: '/x' }] })] }),
      ),
      create(
        `${APPS}/deployments`,
        deployment('bad', { containers: [container({ ports: [{ containerPort: 70_000 }] })] }),
      ),
      create(
        `${APPS}/deployments`,
        deployment('bad', { containers: [container({ imagePullPolicy: 'Often', livenessProbe: {} })] }),
      ),
      create(`${APPS}/deployments`, deployment('bad', { containers: [container({ env: [{ name: 'A=B' }] })] })),
      create(`${APPS}/deployments`, { ...deployment('bad'), kind: 'StatefulSet' }),
      create(`${APPS}/deployments`, { ...deployment('bad'), apiVersion: 'v1' }),
      create(`${CORE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [container()] } }),
    ],
  },
  {
    name: 'patches of a Deployment',
    steps: [
      create(
        `${APPS}/deployments`,
        deployment('patched', { containers: [container({ env: [{ name: 'A', value: '1' }] })] }),
      ),
      patch(`${APPS}/deployments/patched`, STRATEGIC, {
        spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'B', value: '2' }] }] } } },
      }),
      patch(`${APPS}/deployments/patched`, STRATEGIC, {
        spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'A', $patch: 'delete' }] }] } } },
      }),
      patch(`${APPS}/deployments/patched`, MERGE, { metadata: { labels: { app: null, x: 'y' } } }),
      patch(`${APPS}/deployments/patched`, JSON_PATCH, [{ op: 'replace', path: '/spec/replicas', value: 0 }]),
      patch(`${APPS}/deployments/patched`, JSON_PATCH, [{ op: 'remove', path: '/spec/nope' }]),
      patch(`${APPS}/deployments/patched`, JSON_PATCH, [{ op: 'test', path: '/spec/replicas', value: 7 }]),
      patch(`${APPS}/deployments/patched`, MERGE, { spec: { selector: { matchLabels: { app: 'other' } } } }),
      patch(`${APPS}/deployments/patched`, MERGE, { metadata: { resourceVersion: '1' } }),
      patch(`${APPS}/deployments/patched`, 'text/plain', {}),
      patch(`${APPS}/deployments/nope`, MERGE, {}),
      patch(`${APPS}/deployments/patched/scale`, MERGE, { spec: { replicas: 0 } }),
      read(`${APPS}/deployments/patched/scale`),
    ],
  },
  {
    name: 'server-side apply',
    steps: [
      patch(`${APPS}/deployments/applied`, APPLY, deployment('applied')),
      patch(`${APPS}/deployments/applied?fieldManager=one`, APPLY, deployment('applied')),
      patch(`${APPS}/deployments/applied?fieldManager=one`, APPLY, deployment('applied')),
      patch(
        `${APPS}/deployments/applied?fieldManager=two`,
        APPLY,
        deployment('applied', { containers: [container({ image: 'nginx:2' })] }),
      ),
      patch(
        `${APPS}/deployments/applied?fieldManager=two&force=true`,
        APPLY,
        deployment('applied', { containers: [container({ image: 'nginx:2', env: [{ name: 'A', value: '1' }] })] }),
      ),
      patch(
        `${APPS}/deployments/applied?fieldManager=two`,
        APPLY,
        deployment('applied', { containers: [container({ image: 'nginx:2' })] }),
      ),
      patch(`${APPS}/deployments/applied?fieldManager=two&force=true`, MERGE, {}),
      patch(`${APPS}/deployments/applied?fieldManager=one`, APPLY, deployment('applied', {}, { foo: 1 })),
      patch(`${CORE}/configmaps/cm?fieldManager=one`, APPLY, configMap('cm', { a: '1', b: '2' })),
      patch(`${CORE}/configmaps/cm?fieldManager=two`, APPLY, configMap('cm', { c: '3' })),
      patch(`${CORE}/configmaps/cm?fieldManager=one`, APPLY, configMap('cm', { a: '1' })),
      patch(`${CORE}/configmaps/cm?fieldManager=three`, APPLY, configMap('cm', { a: 'x', c: 'y' })),
      patch(`${CORE}/configmaps/dry?fieldManager=one&dryRun=All`, APPLY, configMap('dry', { a: '1' })),
      read(`${CORE}/configmaps/dry`),
    ],
  },
  {
    name: 'Services',
    steps: [
      create(`${CORE}/services`, service('web', { selector: { app: 'web' }, ports: [{ port: 80 }] })),
      create(
        `${CORE}/services`,
        service('head', { clusterIP: 'None', selector: { app: 'web' }, ports: [{ port: 80 }] }),
      ),
      create(`${CORE}/services`, service('ext', { type: 'ExternalName', externalName: 'example.com' })),
      create(`${CORE}/services`, service('np', { type: 'NodePort', ports: [{ port: 80, nodePort: 31_987 }] })),
      create(`${CORE}/services`, service('np2', { type: 'NodePort', ports: [{ port: 80, nodePort: 31_987 }] })),
      create(`${CORE}/services`, service('np3', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })),
      create(`${CORE}/services`, service('bad', {})),
      create(`${CORE}/services`, service('bad', { ports: [{ port: 80 }, { port: 81 }] })),
      create(`${CORE}/services`, service('bad', { ports: [{ port: 0 }] })),
      create(`${CORE}/services`, service('bad', { type: 'Odd', ports: [{ port: 80 }] })),
      create(`${CORE}/services`, service('1bad', { ports: [{ port: 80 }] })),
      patch(`${CORE}/services/web`, MERGE, { spec: { type: 'NodePort' } }),
      patch(`${CORE}/services/web`, MERGE, { spec: { type: 'ClusterIP', ports: [{ port: 81 }] } }),
      patch(`${CORE}/services/web`, MERGE, { spec: { clusterIP: '10.96.77.77' } }),
    ],
  },
  {
    name: 'ConfigMaps and Secrets',
    steps: [
      create(`${CORE}/configmaps`, configMap('a', { k: 'v' })),
      create(`${CORE}/configmaps`, configMap('b', { 'bad/key': 'v' })),
      create(`${CORE}/configmaps`, configMap('b', { k: 1 })),
      create(`${CORE}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'b' } }),
      create(`${CORE}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 't' }, data: { a: '%%' } }),
      patch(`${CORE}/secrets/s`, MERGE, { type: 'other' }),
      { method: 'PUT', path: `${CORE}/configmaps/a`, body: configMap('a', { k: 'w' }) },
      { method: 'PUT', path: `${CORE}/configmaps/a`, body: configMap('z', { k: 'w' }) },
      {
        method: 'PUT',
        path: `${CORE}/configmaps/a`,
        body: { ...configMap('a', {}), metadata: { name: 'a', resourceVersion: '1' } },
      },
      { method: 'PUT', path: `${CORE}/configmaps/nope`, body: configMap('nope', {}) },
      remove(`${CORE}/configmaps/a`, { preconditions: { uid: 'other' } }),
      remove(`${CORE}/configmaps/a`, { propagationPolicy: 'Odd' }),
      remove(`${CORE}/configmaps/a`),
      remove(`${CORE}/configmaps/a`),
      read(`${CORE}/configmaps?labelSelector=a%20b`),
      read(`${CORE}/configmaps?fieldSelector=spec.x%3D1`),
      read(`${CORE}/pods?fieldSelector=spec.x%3D1`),
      read(`${CORE}/nonsense`),
      read('/apis/nonsense/v1'),
      read('/nonsense'),
      { method: 'POST', path: `${CORE}/configmaps/a`, body: {} },
    ],
  },
  {
    name: 'pods',
    steps: [
      create(`${CORE}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { nodeSelector: { no: 'where' }, automountServiceAccountToken: false, containers: [container()] },
      }),
      patch(`${CORE}/pods/p`, STRATEGIC, { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } }),
      patch(`${CORE}/pods/p`, MERGE, { spec: { containers: [] } }),
      remove(`${CORE}/pods/p`),
      read(`${CORE}/pods/p`),
    ],
  },
  {
    name: 'Jobs, CronJobs, StatefulSets, DaemonSets',
    steps: [
      create(`/apis/batch/v1/namespaces/NS/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: {
          template: { spec: { restartPolicy: 'Never', nodeSelector: { no: 'where' }, containers: [container()] } },
        },
      }),
      create(`/apis/batch/v1/namespaces/NS/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'k' },
        spec: { template: { spec: { containers: [container()] } } },
      }),
      create(`${APPS}/statefulsets`, { ...deployment('s', {}, { serviceName: 's' }), kind: 'StatefulSet' }),
      patch(`${APPS}/statefulsets/s`, MERGE, { spec: { serviceName: 't' } }),
      create(`${APPS}/daemonsets`, {
        ...deployment('d', { nodeSelector: { no: 'where' } }, { replicas: undefined }),
        kind: 'DaemonSet',
      }),
      create(`${APPS}/replicasets`, { ...deployment('r'), kind: 'ReplicaSet' }),
    ],
  },
];
