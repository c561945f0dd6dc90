import type { ImageEngine, SwappedContainer } from '../build/image-engine.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { Bell } from '../support/bell.ts';
import type { TaskSet } from '../support/task-set.ts';
import { asksForExpected } from './expected-images.ts';
import { isReady } from './pod-diagnosis.ts';
import { type LiveObjects, type Workload, workloadStatus } from './workload-status.ts';

export interface ContentBeforeOptions {
  readonly view: LiveObjects & { readonly changed: Bell };
  /** Its events tell the ends and the starts of containers; the kubelet tells them up to a second later. */
  readonly engine: Pick<ImageEngine, 'superviseSwap'>;
  /** Owns the listening to these events. */
  readonly tasks: TaskSet;
  readonly signal: AbortSignal;
}

/**
 * The pods of the content before, until it is disposed of: they may be asked as long as the new content is not live. To be
 * disposed of before anybody is told that it is. What the engine tells of them, and of the pods that take their place, is
 * known here before the kubelet's word.
 */
export class ContentBefore implements Disposable {
  readonly #options: ContentBeforeOptions;
  readonly #uids = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #started = new Set<string>();
  /** The pods that take their place, each of which is listened for once. */
  readonly #coming = new Set<string>();
  readonly #over = new AbortController();

  constructor(options: ContentBeforeOptions) {
    this.#options = options;
  }

  /** A workload that has just been applied, with the pods that are going to be replaced. */
  replacedBy(workload: Workload): Workload {
    let isReplacing = false;
    for (const pod of workloadStatus(workload, this.#options.view).pods) {
      if (asksForExpected(pod, workload.expected)) continue;
      isReplacing = true;
      this.#uids.add(pod.metadata.uid ?? '');
      for (const name of containerNames(pod)) this.#followEnd(pod, name);
    }
    if (isReplacing) this.#options.tasks.add(this.#followComing(workload));
    return { ...workload, older: this.#uids, ended: this.#ended, started: this.#started };
  }

  /** Pods whose containers are going to be exchanged. Answers the uids of all that there are. */
  exchanged(pods: readonly KubernetesObject[]): ReadonlySet<string> {
    for (const { metadata } of pods) this.#uids.add(metadata.uid ?? '');
    return this.#uids;
  }

  [Symbol.dispose](): void {
    this.#uids.clear();
    this.#over.abort(new Error('the rollout is over'));
  }

  #followEnd({ metadata: { uid: podUid = '' } }: KubernetesObject, name: string): void {
    const { tasks, view } = this.#options;
    const done = new AbortController();
    const ended = () => {
      this.#ended.add(podUid);
      view.changed.ring();
      done.abort();
    };
    // Without the engine's events, the end of a pod is known by its connections, half a second later.
    tasks.add(this.#supervise({ podUid, name }, ended, done.signal).catch(() => undefined));
  }

  /** Listens for the starts of new pods, from when each is seen until it is over. */
  async #followComing(workload: Workload): Promise<void> {
    const { tasks, view } = this.#options;
    const until = this.#until;
    const look = () => {
      for (const pod of workloadStatus(workload, view).pods) {
        const { uid = '' } = pod.metadata;
        const isComing = asksForExpected(pod, workload.expected) && !this.#uids.has(uid) && !isReady(pod);
        if (!isComing || this.#coming.has(uid)) continue;
        this.#coming.add(uid);
        // Without the engine's events, what is started is known by looking, and by its kubelet.
        tasks.add(this.#followStart(pod).catch(() => undefined));
      }
      return undefined;
    };
    await view.changed.until(look, until).catch((error: unknown) => {
      if (!until.aborted) throw error;
    });
  }

  async #followStart(pod: KubernetesObject): Promise<void> {
    const { uid: podUid = '' } = pod.metadata;
    await Promise.all(containerNames(pod).map((name) => this.#supervise({ podUid, name }, () => undefined)));
    this.#started.add(podUid);
    this.#options.view.changed.ring();
  }

  /** Resolves when the engine has started a container of this name in the pod. */
  async #supervise(
    container: Pick<SwappedContainer, 'podUid' | 'name'>,
    ended: () => void,
    ...signals: readonly AbortSignal[]
  ): Promise<void> {
    const listener = { watching: () => undefined, ended };
    const until = AbortSignal.any([this.#until, ...signals]);
    await this.#options.engine.superviseSwap({ ...container, killAfterMs: false }, listener, until);
  }

  get #until(): AbortSignal {
    return AbortSignal.any([this.#options.signal, this.#over.signal]);
  }
}

function containerNames(pod: KubernetesObject): string[] {
  return (podTemplateOf(pod)?.containers ?? []).map(({ name }) => name);
}
