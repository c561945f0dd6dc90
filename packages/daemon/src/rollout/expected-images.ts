import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

/** What a container has to run so that the newest content serves. */
export interface ExpectedImage {
  readonly reference: string;
  /** `sha256:…` of the image in the engine. */
  readonly imageId: string;
  /** `sha256:…` of its manifest, where it was pushed to a registry. */
  readonly digest?: string | undefined;
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
  for (const [name, image] of expected) {
    const spec = specs.find((container) => container.name === name);
    if (spec === undefined) continue; // an init container: it has run before the pod could be ready
    if (spec.image !== image.reference) return false;
    const status = statuses.find((container) => container.name === name);
    if (status === undefined || !runsImage(status, image)) return false;
  }
  return true;
}

/** Whether a container, by its status, was made from an image. */
export function runsImage(
  status: { readonly image: string; readonly imageID?: string },
  { reference, imageId, digest }: ExpectedImage,
): boolean {
  const { image, imageID = '' } = status;
  if (!imageID.includes('@')) return imageID.endsWith(imageId);
  // The id is that of the repository's manifest, not the image's. The status then names whichever of the image's names
  // comes first, so that the unique tag has to do only where the manifest is not known.
  return digest === undefined ? image.endsWith(reference) : imageID.endsWith(`@${digest}`);
}
