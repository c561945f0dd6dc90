import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

/** What a container has to run so that the newest content serves. */
export interface ExpectedImage {
  readonly reference: string;
  /** `sha256:…` of the image in the engine. */
  readonly imageId: string;
}

/** By container name; containers that are not built here are not in it. */
export type ExpectedImages = ReadonlyMap<string, ExpectedImage>;

/**
 * Whether a pod's containers run what is expected: the spec asks for the reference, and the container that runs was
 * made from the very image. Names of images prove nothing, ids do; the kubelet writes them as `docker://sha256:…`.
 */
export function runsExpected(pod: KubernetesObject, expected: ExpectedImages): boolean {
  const specs: { name: string; image: string }[] = pod['spec']?.containers ?? [];
  const statuses: { name: string; image: string; imageID: string }[] = pod['status']?.containerStatuses ?? [];
  for (const [name, { reference, imageId }] of expected) {
    const spec = specs.find((container) => container.name === name);
    if (spec === undefined) continue; // an init container: it has run before the pod could be ready
    if (spec.image !== reference) return false;
    const status = statuses.find((container) => container.name === name);
    if (status === undefined || !runsImage(status, { reference, imageId })) return false;
  }
  return true;
}

/** Whether a container, by its status, was made from an image. */
export function runsImage(
  status: { readonly image: string; readonly imageID?: string },
  { reference, imageId }: ExpectedImage,
): boolean {
  const { image, imageID = '' } = status;
  // With a digest the id is that of the repository's manifest, not the image's; then the unique tag has to do.
  return imageID.includes('@') ? image.endsWith(reference) : imageID.endsWith(imageId);
}
