import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeContainerEngine } from '../ports/container-engine.fake.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import { FakeObjectStore } from '../ports/object-store.fake.ts';
import { AS_IT_IS } from '../ports/place.ts';
import { Kubelet } from './kubelet.ts';
import type { Container, PodSpec } from './pod-spec.ts';
import { Scheduler } from './scheduler.ts';

const NODE = { resource: 'nodes', namespace: undefined, name: 'sandbox' };

/** A node whose pods are processes of this machine, on its own network. */
export class KubeletRig implements AsyncDisposable {
  readonly store = new FakeObjectStore();
  readonly engine = new FakeContainerEngine();
  readonly folder: string;
  readonly #kubelet: Kubelet;
  readonly #scheduler: Scheduler;

  static async open(): Promise<KubeletRig> {
    return new KubeletRig(await mkdtemp(path.join(tmpdir(), 'kubelet-')));
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE.name } });
    this.#kubelet = new Kubelet({
      store: this.store,
      engine: this.engine,
      network: {
        place: AS_IT_IS,
        attach: async () => ({ address: '127.0.0.1', pid: undefined, [Symbol.asyncDispose]: async () => undefined }),
      },
      dns: { address: '10.96.0.10', domain: 'cluster.local' },
      nodeName: NODE.name,
      hostAddress: '127.0.0.1',
      allocatable: { cpu: '2', memory: '1Gi' },
      folder: path.join(folder, 'kubelet'),
    });
    this.#scheduler = new Scheduler(this.store, NODE.name);
  }

  pod(container: Partial<Container>, spec: Partial<PodSpec> = {}): void {
    const main = { name: 'web', image: 'web:1', imagePullPolicy: 'Never', ...container };
    this.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
      spec: { containers: [main], ...spec },
    });
  }

  until<T>(pick: (pod: KubeObject) => T | undefined): Promise<T> {
    return this.store.until('pods', (pods) => (pods[0] === undefined ? undefined : pick(pods[0])));
  }

  event(reason: string): Promise<KubeObject> {
    return this.store.until('events', (events) => events.find((event) => event['reason'] === reason));
  }

  events(): [string, string][] {
    return this.store.list('events').map((event) => [event['reason'], event['message']]);
  }

  patch(change: (spec: PodSpec) => PodSpec): void {
    this.store.modify({ resource: 'pods', namespace: 'shop', name: 'web' }, (pod) => ({
      ...pod,
      spec: change(pod['spec']),
    }));
  }

  delete(gracePeriodSeconds?: number): void {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    this.store.delete({ resource: 'pods', namespace: 'shop', name: 'web' }, options);
  }

  /** Resolves when the pod has gone. */
  gone(): Promise<true> {
    return this.store.until('pods', (pods) => (pods.length === 0 ? true : undefined));
  }

  /** Resolves when no container runs. */
  async noContainers(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (this.engine.containers().every((each) => each.status !== 'running')) resolve();
    };
    using _listening = this.engine.listen(look);
    look();
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scheduler[Symbol.dispose]();
    await this.#kubelet[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

export const status = (pod: KubeObject) => pod['status']?.containerStatuses?.[0];
export const condition = (pod: KubeObject, type: string) =>
  pod['status']?.conditions?.find((each: { type: string }) => each.type === type);
export const isReady = (pod: KubeObject) => (condition(pod, 'Ready')?.status === 'True' ? pod : undefined);
