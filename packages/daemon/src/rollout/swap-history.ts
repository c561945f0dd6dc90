import type { KubernetesObject } from '../deploy/kubernetes-object.ts';
import { containersOf, imagesOf } from '../deploy/workload-images.ts';

/**
 * Which images each pod has run. A container that is started again with an image string its pod has run before waits
 * for the kubelet's restart back-off (10 s and more), as when an edit is taken back; under another name of the same
 * image it does not.
 */
export class SwapHistory {
  readonly #byPod = new Map<string, Set<string>>();

  /** Notes what pods run now. */
  saw(pods: readonly KubernetesObject[]): void {
    for (const pod of pods) {
      const images = this.#byPod.get(pod.metadata.uid ?? '') ?? new Set();
      for (const container of containersOf(pod)) if (container.image !== undefined) images.add(container.image);
      this.#byPod.set(pod.metadata.uid ?? '', images);
    }
  }

  /**
   * A name for the image that none of the pods has run: the reference itself where it is new to them.
   *
   * @param pods those to be swapped; {@link saw} must have been told of them before their containers changed
   */
  freshName(reference: string, pods: readonly KubernetesObject[]): string {
    const ran = new Set(pods.flatMap((pod) => [...(this.#byPod.get(pod.metadata.uid ?? '') ?? [])]));
    // Pods that restarted before this daemon knew them may have run anything.
    const unknownPast = pods.some((pod) => this.#restartsBefore(pod));
    if (!ran.has(reference) && !unknownPast) return reference;
    for (let n = 2; ; n += 1) {
      const name = unknownPast ? `${reference}-${Date.now().toString(36)}` : `${reference}-${n}`;
      if (!ran.has(name)) return name;
    }
  }

  #restartsBefore(pod: KubernetesObject): boolean {
    const known = this.#byPod.get(pod.metadata.uid ?? '')?.size ?? 0;
    const statuses: { restartCount: number }[] = pod['status']?.containerStatuses ?? [];
    return known <= imagesOf(pod).length && statuses.some((status) => status.restartCount > 0);
  }
}
