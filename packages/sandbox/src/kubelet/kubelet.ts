import { rm } from 'node:fs/promises';
import { EventRecorder } from '../events/event-recorder.ts';
import type { ContainerEngine } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { BackOff } from './back-off.ts';
import type { KubeletContext } from './kubelet-context.ts';
import type { ClusterDns } from './pod-files.ts';
import type { PodNetwork, PodSandbox } from './pod-network.ts';
import { PodWorker } from './pod-worker.ts';

/** pkg/kubelet: MaxContainerBackOff and backOffPeriod. */
const BACK_OFF_MS = { first: 10_000, most: 300_000 };

export interface KubeletOptions {
  readonly store: ObjectStore;
  readonly engine: ContainerEngine;
  readonly network: PodNetwork;
  readonly dns: ClusterDns;
  readonly nodeName: string;
  readonly hostAddress: string;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Private folder, absolute; emptied at the end. */
  readonly folder: string;
}

/** Runs the pods that are bound to its node, and tells how they are. */
export class Kubelet implements AsyncDisposable {
  readonly #context: KubeletContext;
  readonly #nodeName: string;
  readonly #workers = new Map<string, PodWorker>();
  readonly #listening: DisposableStack;

  constructor({ nodeName, ...options }: KubeletOptions) {
    const { store, engine } = options;
    this.#nodeName = nodeName;
    this.#context = {
      ...options,
      events: new EventRecorder(store, { component: 'kubelet', host: nodeName }),
      restartBackOff: new BackOff(BACK_OFF_MS.first, BACK_OFF_MS.most),
      pullBackOff: new BackOff(BACK_OFF_MS.first, BACK_OFF_MS.most),
    };
    this.#listening = new DisposableStack();
    this.#listening.use(store.listen(['pods'], (change, pod) => this.#take(pod, change === 'deleted')));
    this.#listening.use(
      store.listen(['configmaps', 'secrets', 'persistentvolumeclaims'], (_change, { metadata }) => {
        for (const worker of this.#workers.values()) if (worker.namespace === metadata.namespace) worker.refresh();
      }),
    );
    this.#listening.use(
      engine.listen((container) => {
        this.#workers.get(container.spec.labels['io.kubernetes.pod.uid'] ?? '')?.tellContainer(container);
      }),
    );
    for (const pod of store.list('pods')) this.#take(pod, false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Containers still tell of their ends while they are ended.
    const closing = [...this.#workers.values()].map((worker) => worker.close());
    await Promise.all(closing);
    this.#listening.dispose();
    await rm(this.#context.folder, { recursive: true, force: true });
  }

  /** The network of a pod that runs here. */
  sandboxOf(podUid: string): PodSandbox | undefined {
    return this.#workers.get(podUid)?.sandbox;
  }

  #take(pod: KubeObject, isGone: boolean): void {
    if (pod['spec']?.nodeName !== this.#nodeName) return;
    const uid = pod.metadata.uid ?? '';
    const worker = this.#workers.get(uid);
    if (isGone) worker?.forget();
    else if (worker !== undefined) worker.update(pod);
    else this.#workers.set(uid, new PodWorker(pod, this.#context, () => this.#workers.delete(uid)));
  }
}
