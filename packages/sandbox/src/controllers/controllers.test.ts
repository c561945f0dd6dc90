import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Kubelet } from '../kubelet/kubelet.ts';
import { Scheduler } from '../kubelet/scheduler.ts';
import { FakeContainerEngine } from '../ports/container-engine.fake.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { FakeObjectStore } from '../ports/object-store.fake.ts';
import { AS_IT_IS } from '../ports/place.ts';
import { startControllers } from './controllers.ts';

const NAMESPACE = 'shop';
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** All controllers with a node whose pods are processes of this machine. */
class Rig implements AsyncDisposable {
  readonly store = new FakeObjectStore();
  readonly engine = new FakeContainerEngine();
  readonly #folder: string;
  readonly #opened = new AsyncDisposableStack();

  static async open(): Promise<Rig> {
    return new Rig(await mkdtemp(path.join(tmpdir(), 'controllers-')));
  }

  private constructor(folder: string) {
    this.#folder = folder;
    const { store, engine } = this;
    let addresses = 0;
    this.#opened.use(engine);
    store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'sandbox' } });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
    store.create('namespaces', { ...namespace, spec: { finalizers: ['kubernetes'] } });
    const kubelet = new Kubelet({
      store,
      engine,
      network: {
        place: AS_IT_IS,
        attach: async () => ({
          address: `10.244.0.${++addresses}`,
          pid: undefined,
          [Symbol.asyncDispose]: async () => undefined,
        }),
      },
      dns: { address: '10.96.0.10', domain: 'cluster.local' },
      nodeName: 'sandbox',
      hostAddress: '127.0.0.1',
      allocatable: {},
      folder: path.join(folder, 'kubelet'),
    });
    this.#opened.use(kubelet);
    this.#opened.use(new Scheduler(store, 'sandbox'));
    this.#opened.use(startControllers(store, 'PEM'));
  }

  create(resource: string, kind: string, name: string, spec: object, metadata: object = {}): KubeObject {
    const apiVersion = resource.endsWith('.apps') ? 'apps/v1' : resource.endsWith('.batch') ? 'batch/v1' : 'v1';
    return this.store.create(resource, {
      apiVersion,
      kind,
      metadata: { name, namespace: NAMESPACE, ...metadata },
      spec,
    });
  }

  /** A Deployment, a StatefulSet, … of the program `web`. */
  workload(resource: string, kind: string, name: string, spec: object = {}): KubeObject {
    return this.create(resource, kind, name, {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      ...template(name),
      ...spec,
    });
  }

  change(resource: string, name: string, spec: (spec: KubeObject['spec']) => object): void {
    this.store.modify({ resource, namespace: NAMESPACE, name }, (object) => ({
      ...object,
      spec: spec(object['spec']),
    }));
  }

  get(resource: string, name: string): KubeObject {
    return this.store.get({ resource, namespace: NAMESPACE, name }) as KubeObject;
  }

  /** Waits for what a Deployment's status says, about its newest generation. */
  rolledOut(name: string): Promise<KubeObject> {
    return this.store.until('deployments.apps', (deployments) =>
      deployments.find(({ metadata, spec, status }) => {
        const { observedGeneration, updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status ?? {};
        const counts = [updatedReplicas, replicas, availableReplicas];
        return (
          metadata.name === name &&
          observedGeneration === metadata.generation &&
          counts.every((count) => count === spec.replicas)
        );
      }),
    );
  }

  pods(): readonly KubeObject[] {
    return this.store.list('pods');
  }

  reasons(deployment: KubeObject): string[] {
    return deployment['status'].conditions
      .map(({ type, reason }: Record<string, string>) => `${type} ${reason}`)
      .sort();
  }

  messages(kind: string): string[] {
    return this.store
      .list('events')
      .filter((event) => event['involvedObject'].kind === kind)
      .map((event) => event['message']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
    await rm(this.#folder, { recursive: true });
  }
}

const template = (app: string, image = 'web:1', restartPolicy = 'Always') => ({
  template: {
    metadata: { labels: { app } },
    spec: { restartPolicy, containers: [{ name: 'web', image, imagePullPolicy: 'Never' }] },
  },
});
const imageOf = (pod: KubeObject): string => pod['spec'].containers[0].image;
const withImage = (image: string) => (spec: KubeObject['spec']) => ({
  ...spec,
  template: {
    ...spec.template,
    spec: { ...spec.template.spec, containers: [{ ...spec.template.spec.containers[0], image }] },
  },
});

test('a Deployment rolls out, and rolls to another image and back without missing a pod', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  rig.engine.addImage('web:2');
  rig.workload('deployments.apps', 'Deployment', 'web', { replicas: 2 });
  const first = await rig.rolledOut('web');
  expect(rig.reasons(first)).toEqual(['Available MinimumReplicasAvailable', 'Progressing NewReplicaSetAvailable']);
  expect(first.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  const [set] = rig.store.list('replicasets.apps');
  expect(set?.metadata.name).toMatch(/^web-[bcdf-hj-np-tv-xz2-9]{6,10}$/);
  expect(rig.messages('Deployment')).toEqual([`Scaled up replica set ${set?.metadata.name} from 0 to 2`]);

  let fewest = 2;
  using _watching = rig.store.listen(['deployments.apps'], (_change, { status }) => {
    fewest = Math.min(fewest, status.availableReplicas ?? 0);
  });
  rig.change('deployments.apps', 'web', withImage('web:2'));
  const second = await rig.rolledOut('web');
  expect(second.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
  expect(fewest).toBe(2);

  rig.change('deployments.apps', 'web', withImage('web:1'));
  await rig.rolledOut('web');
  expect(rig.get('replicasets.apps', set?.metadata.name ?? '').metadata.annotations).toMatchObject({
    'deployment.kubernetes.io/revision': '3',
    'deployment.kubernetes.io/revision-history': '1',
  });
  expect(rig.store.list('replicasets.apps')).toHaveLength(2);
  await rig.store.until('pods', (pods) =>
    pods.length === 2 && pods.every((pod) => imageOf(pod) === 'web:1') ? true : undefined,
  );
});

test('images patched into the ReplicaSet and the pods of a paused Deployment make no new ReplicaSet', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  const image = rig.engine.addImage('web:2');
  rig.workload('deployments.apps', 'Deployment', 'web');
  await rig.rolledOut('web');
  const [set] = rig.store.list('replicasets.apps');
  const [pod] = rig.pods();

  rig.change('deployments.apps', 'web', (spec) => ({ ...spec, paused: true }));
  await rig.store.until('deployments.apps', ([web]) => {
    const { observedGeneration, conditions } = web?.['status'] ?? {};
    const isNoted = conditions?.some(({ reason }: { reason: string }) => reason === 'DeploymentPaused');
    return observedGeneration === web?.metadata.generation && isNoted ? web : undefined;
  });
  rig.change('replicasets.apps', set?.metadata.name ?? '', withImage('web:2'));
  rig.change('pods', pod?.metadata.name ?? '', (spec) => ({
    ...spec,
    containers: [{ ...spec.containers[0], image: 'web:2' }],
  }));
  rig.change('deployments.apps', 'web', (spec) => ({ ...withImage('web:2')(spec), paused: false }));

  await rig.store.until(
    'pods',
    ([web]) => web?.['status'].containerStatuses[0].imageID === `docker://${image.id}` || undefined,
  );
  const web = await rig.rolledOut('web');
  expect(web.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  expect(rig.store.list('replicasets.apps').map(({ metadata }) => metadata.name)).toEqual([set?.metadata.name]);
  expect(rig.pods().map(({ metadata }) => metadata.uid)).toEqual([pod?.metadata.uid]);
});

test('a pod that is deleted is replaced, and a Deployment is scaled to more, fewer and none', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  rig.workload('deployments.apps', 'Deployment', 'web');
  await rig.rolledOut('web');
  const [pod] = rig.pods();
  rig.store.delete({ resource: 'pods', namespace: NAMESPACE, name: pod?.metadata.name ?? '' });
  await rig.store.until('pods', (pods) =>
    pods.length === 1 && pods[0]?.metadata.uid !== pod?.metadata.uid ? true : undefined,
  );
  for (const replicas of [3, 1, 0]) {
    rig.change('deployments.apps', 'web', (spec) => ({ ...spec, replicas }));
    await rig.rolledOut('web');
    await rig.store.until('pods', (pods) => (pods.length === replicas ? true : undefined));
  }
  expect(rig.messages('Deployment').map((message) => message.replace(/web-\w+/, 'SET'))).toEqual([
    'Scaled up replica set SET from 0 to 1',
    'Scaled up replica set SET from 1 to 3',
    'Scaled down replica set SET from 3 to 1',
    'Scaled down replica set SET from 1 to 0',
  ]);
});

test('Recreate ends the old pods before it makes new ones', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  rig.engine.addImage('web:2');
  rig.workload('deployments.apps', 'Deployment', 'web', { strategy: { type: 'Recreate' }, replicas: 2 });
  await rig.rolledOut('web');
  const together: string[][] = [];
  const live = ({ status }: KubeObject) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
  using _watching = rig.store.listen(['pods'], () => {
    together.push([...new Set(rig.pods().filter(live).map(imageOf))]);
  });
  rig.change('deployments.apps', 'web', withImage('web:2'));
  await rig.rolledOut('web');
  expect(together.filter((images) => images.length > 1)).toEqual([]);
});

test('a rollout that gets nowhere says so after its deadline', async () => {
  await using rig = await Rig.open();
  rig.workload('deployments.apps', 'Deployment', 'web', { progressDeadlineSeconds: 0 });
  const web = await rig.store.until('deployments.apps', ([deployment]) => {
    const reasons: string[] = deployment?.['status']?.conditions?.map(({ reason }: { reason: string }) => reason) ?? [];
    return reasons.includes('ProgressDeadlineExceeded') ? deployment : undefined;
  });
  expect(web['status'].conditions).toContainEqual(
    expect.objectContaining({
      type: 'Progressing',
      status: 'False',
      message: expect.stringMatching(/^ReplicaSet "web-\w+" has timed out progressing\.$/),
    }),
  );
});

test('what a Deployment owned goes with it, or stays where it is orphaned', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  for (const [propagationPolicy, left] of [
    ['Background', 0],
    ['Foreground', 0],
    ['Orphan', 1],
  ] as const) {
    rig.workload('deployments.apps', 'Deployment', 'web');
    await rig.rolledOut('web');
    rig.store.delete({ resource: 'deployments.apps', namespace: NAMESPACE, name: 'web' }, { propagationPolicy });
    await rig.store.until('deployments.apps', (deployments) => (deployments.length === 0 ? true : undefined));
    await rig.store.until('pods', (pods) => (pods.length === left ? true : undefined));
    expect(rig.store.list('replicasets.apps')).toHaveLength(left);
  }
  // and another of the same template takes them up
  const web = rig.workload('deployments.apps', 'Deployment', 'web');
  await rig.rolledOut('web');
  const [set] = rig.store.list('replicasets.apps');
  expect(set?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([web.metadata.uid]);
  expect(rig.pods()).toHaveLength(1);
});

test('what a custom resource owns stays as long as that is there, and goes with it', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  rig.store.create(DEFINITIONS, { ...definition, metadata: { name: 'boxes.example.com' } });
  const box = rig.store.create('boxes.example.com', {
    apiVersion: 'example.com/v1',
    kind: 'Box',
    metadata: { name: 'box', namespace: NAMESPACE },
  });
  const owner = { apiVersion: 'example.com/v1', kind: 'Box', name: 'box', uid: box.metadata.uid };
  rig.create('configmaps', 'ConfigMap', 'owned', {}, { ownerReferences: [owner] });
  rig.create('configmaps', 'ConfigMap', 'stray', {}, { ownerReferences: [{ ...owner, uid: 'of-nobody' }] });
  const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);
  const left = () => rig.store.until('configmaps', (all) => (names(all).includes('stray') ? undefined : names(all)));
  expect(await left()).toContain('owned');
  rig.store.delete({ resource: 'boxes.example.com', namespace: NAMESPACE, name: 'box' });
  await rig.store.until('configmaps', (all) => (names(all).includes('owned') ? undefined : true));
});

test('a Service tells of the pods that are ready, by the names of their ports', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  const { template: pod } = template('web');
  const containers = [{ ...pod.spec.containers[0], ports: [{ name: 'http', containerPort: 8080 }] }];
  rig.create('services', 'Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] });
  rig.workload('deployments.apps', 'Deployment', 'web', { template: { ...pod, spec: { ...pod.spec, containers } } });
  const endpoints = await rig.store.until('endpoints', ([found]) =>
    found?.['subsets']?.[0]?.addresses ? found : undefined,
  );
  expect(endpoints['subsets']).toEqual([
    {
      addresses: [{ ip: '10.244.0.1', nodeName: 'sandbox', targetRef: expect.objectContaining({ kind: 'Pod' }) }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    },
  ]);
  const [slice] = rig.store.list('endpointslices.discovery.k8s.io');
  expect(slice?.['endpoints'][0].conditions).toEqual({ ready: true, serving: true, terminating: false });
  rig.change('deployments.apps', 'web', (spec) => ({ ...spec, replicas: 0 }));
  await rig.store.until('endpoints', ([found]) => (found?.['subsets'] === undefined ? true : undefined));
  rig.store.delete({ resource: 'services', namespace: NAMESPACE, name: 'web' });
  await rig.store.until('endpointslices.discovery.k8s.io', (slices) => (slices.length === 0 ? true : undefined));
  await rig.store.until('endpoints', (left) => (left.length === 0 ? true : undefined));
});

test.each(['Background', 'Foreground'])(
  'a namespace is furnished, and is gone when it is empty: deleted with %s',
  async (propagationPolicy) => {
    await using rig = await Rig.open();
    rig.engine.addImage('web:1');
    rig.workload('deployments.apps', 'Deployment', 'web');
    await rig.rolledOut('web');
    expect(rig.get('serviceaccounts', 'default')).toBeDefined();
    expect(rig.get('configmaps', 'kube-root-ca.crt')['data']).toEqual({ 'ca.crt': 'PEM' });
    rig.store.delete({ resource: 'namespaces', namespace: undefined, name: NAMESPACE }, { propagationPolicy });
    await rig.store.until('namespaces', (namespaces) => (namespaces.length === 0 ? true : undefined));
    expect(rig.pods()).toEqual([]);
    expect(rig.engine.containers()).toEqual([]);
  },
);

test('a StatefulSet makes its pods in order and rolls them in reverse', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  rig.engine.addImage('web:2');
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const mounted = template('db').template;
  rig.workload('statefulsets.apps', 'StatefulSet', 'db', {
    replicas: 2,
    serviceName: 'db',
    template: mounted,
    volumeClaimTemplates: [claim],
  });
  const rolled = (image: string) =>
    rig.store.until('statefulsets.apps', ([set]) => {
      const { readyReplicas, updatedReplicas, currentRevision, updateRevision } = set?.['status'] ?? {};
      const isDone = readyReplicas === 2 && updatedReplicas === 2 && currentRevision === updateRevision;
      return isDone && rig.pods().every((pod) => imageOf(pod) === image) ? set : undefined;
    });
  await rolled('web:1');
  expect(
    rig.messages('StatefulSet').filter((message) => message.includes('Pod') && !message.includes('Claim')),
  ).toEqual(['create Pod db-0 in StatefulSet db successful', 'create Pod db-1 in StatefulSet db successful']);
  expect(rig.store.list('persistentvolumeclaims').map(({ metadata, status }) => [metadata.name, status.phase])).toEqual(
    [
      ['data-db-0', 'Bound'],
      ['data-db-1', 'Bound'],
    ],
  );
  rig.change('statefulsets.apps', 'db', withImage('web:2'));
  await rolled('web:2');
  expect(rig.messages('StatefulSet').filter((message) => message.startsWith('delete'))).toEqual([
    'delete Pod db-1 in StatefulSet db successful',
    'delete Pod db-0 in StatefulSet db successful',
  ]);
});

test('a DaemonSet has one pod on the node', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1');
  rig.engine.addImage('web:2');
  rig.workload('daemonsets.apps', 'DaemonSet', 'agent');
  const available = (image: string) =>
    rig.store.until('daemonsets.apps', ([set]) =>
      set?.['status']?.numberAvailable === 1 &&
      set['status'].updatedNumberScheduled === 1 &&
      rig.pods().every((pod) => imageOf(pod) === image)
        ? true
        : undefined,
    );
  await available('web:1');
  rig.change('daemonsets.apps', 'agent', withImage('web:2'));
  await available('web:2');
});

test('a Job is complete when enough of its pods are, and failed when too many are not', async () => {
  await using rig = await Rig.open();
  rig.engine.addImage('web:1', ['true']);
  rig.engine.addImage('web:2', ['false']);
  const job = (name: string, spec: object) => rig.create('jobs.batch', 'Job', name, spec);
  const verdict = (name: string) =>
    rig.store.until('jobs.batch', (jobs) =>
      jobs.find(({ metadata, status }) => metadata.name === name && status?.conditions),
    );
  job('good', { completions: 3, parallelism: 2, ...template('good', 'web:1', 'Never') });
  expect((await verdict('good'))['status']).toMatchObject({
    succeeded: 3,
    conditions: [{ type: 'Complete', status: 'True' }],
  });
  job('bad', { completions: 1, backoffLimit: 0, ...template('bad', 'web:2', 'Never') });
  expect((await verdict('bad'))['status']).toMatchObject({
    failed: 1,
    conditions: [
      { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
    ],
  });
});
