import type { ImageEngine } from '../build/image-engine.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { podTemplateOf } from '../deploy/workload-images.ts';
import type { Bell } from '../support/bell.ts';
import type { TaskSet } from '../support/task-set.ts';
import { asksForExpected } from './expected-images.ts';
import { type LiveObjects, type Workload, workloadStatus } from './workload-status.ts';

export interface ContentBeforeOptions {
  readonly view: LiveObjects & { readonly changed: Bell };
  /** Its events tell the ends of containers; the kubelet tells them up to a second later. */
  readonly engine: Pick<ImageEngine, 'superviseSwap'>;
  /** Owns the listening to these events. */
  readonly tasks: TaskSet;
  readonly signal: AbortSignal;
}

/**
 * The pods of the content before, until it is disposed of: they may be asked as long as the new content is not live. To be
 * disposed of before anybody is told that it is.
 */
export class ContentBefore implements Disposable {
  readonly #options: ContentBeforeOptions;
  readonly #uids = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #over = new AbortController();

  constructor(options: ContentBeforeOptions) {
    this.#options = options;
  }

  /** A workload that has just been applied, with the pods that are going to be replaced. */
  replacedBy(workload: Workload): Workload {
    for (const pod of workloadStatus(workload, this.#options.view).pods) {
      if (asksForExpected(pod, workload.expected)) continue;
      this.#uids.add(pod.metadata.uid ?? '');
      for (const { name } of podTemplateOf(pod)?.containers ?? []) this.#follow(pod, name);
    }
    return { ...workload, older: this.#uids, ended: this.#ended };
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

  #follow({ metadata: { uid: podUid = '' } }: KubernetesObject, name: string): void {
    const { engine, tasks, view, signal } = this.#options;
    const done = new AbortController();
    const ended = () => {
      this.#ended.add(podUid);
      view.changed.ring();
      done.abort();
    };
    const until = AbortSignal.any([signal, this.#over.signal, done.signal]);
    const container = { podUid, name, killAfterMs: false } as const;
    // Without the engine's events, the end of a pod is known by its connections, half a second later.
    tasks.add(engine.superviseSwap(container, { watching: () => undefined, ended }, until).catch(() => undefined));
  }
}
