import type { KubeObject } from '../ports/kube-object.ts';
import type { ResourceName, StoreChange } from '../ports/object-store.ts';

export interface Change {
  /** The resourceVersion that the change gave. */
  readonly revision: number;
  readonly resource: ResourceName;
  readonly change: StoreChange;
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
}

/** Kubernetes' watch caches hold the last minutes of changes; this many of them here. */
const MOST_CHANGES = 10_000;

/** The latest changes of the cluster, from which watches catch up and old lists are told. */
export class ChangeHistory {
  #changes: Change[] = [];
  /** Watches can begin at this revision or later. */
  #oldest = 1;

  get oldest(): number {
    return this.#oldest;
  }

  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > MOST_CHANGES * 1.25) {
      this.#changes = this.#changes.slice(-MOST_CHANGES);
      this.#oldest = (this.#changes[0]?.revision ?? change.revision) - 1;
    }
  }

  /** The changes of a resource after a revision that is no older than {@link oldest}. */
  after(revision: number, resource: ResourceName): Change[] {
    const first = this.#changes.findLastIndex((change) => change.revision <= revision) + 1;
    return this.#changes.slice(first).filter((change) => change.resource === resource);
  }

  /** Forgets everything up to a revision, as etcd's compaction does. */
  compact(revision: number): void {
    this.#changes = this.#changes.filter((change) => change.revision > revision);
    this.#oldest = revision;
  }
}
