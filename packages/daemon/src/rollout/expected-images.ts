import { isSameImage } from '../deploy/image-reference.ts';
import type { KubernetesObject } from '../deploy/kubernetes-object.ts';

/** What a container has to run so that the newest content serves. */
export interface ExpectedImage {
  readonly reference: string;
  /** `sha256:…` of the image in the engine. */
  readonly imageId: string;
  /** `sha256:…` of its manifest, where it was pushed to a registry. */
  readonly digest?: string | undefined;
  /** Ids of images that were built elsewhere of the same content and have had the reference; see `acceptLikewise`. */
  readonly likewise?: Set<string>;
}

/** @param reference that containers ask for: the pin's own, or another name of the same image */
export function expectedImage(
  reference: string,
  { imageId, digest }: Pick<ExpectedImage, 'imageId' | 'digest'>,
): ExpectedImage {
  return { reference, imageId, digest, likewise: new Set() };
}

/** What containers have to run, told by their names; containers that are not built here are not in it. */
export interface ExpectedImages {
  /** @param image that the pod's spec asks for */
  get(container: string, image: string | undefined): ExpectedImage | undefined;
  values(): Iterable<ExpectedImage>;
}

/**
 * What containers have to run whose names nobody knows beforehand, because a controller makes them of a custom resource:
 * those that ask for one of these images, of whatever build.
 */
export class ExpectedByImage implements ExpectedImages {
  readonly #images: readonly ExpectedImage[];

  constructor(images: readonly ExpectedImage[]) {
    this.#images = images;
  }

  get(_container: string, image: string | undefined): ExpectedImage | undefined {
    return image === undefined ? undefined : this.#images.find(({ reference }) => isSameImage(image, reference));
  }

  values(): Iterable<ExpectedImage> {
    return this.#images;
  }
}

/**
 * Whether a pod's containers run what is expected: the spec asks for the reference, and the container that runs was
 * made from the very image. Names of images prove nothing, ids do; the kubelet writes them as `docker://sha256:…`.
 */
export function runsExpected(pod: KubernetesObject, expected: ExpectedImages): boolean {
  if (!asksForExpected(pod, expected)) return false;
  const statuses: { name: string; image: string; imageID: string }[] = pod['status']?.containerStatuses ?? [];
  for (const { name, image: named } of containersIn(pod)) {
    const image = expected.get(name, named);
    if (image === undefined) continue;
    const status = statuses.find((container) => container.name === name);
    if (status === undefined || !runsImage(status, image)) return false;
  }
  return true;
}

/** Whether a pod runs nothing but what is expected: a container of which none was made yet runs nothing else either. */
export function isOfExpected(pod: KubernetesObject, expected: ExpectedImages): boolean {
  if (!asksForExpected(pod, expected)) return false;
  const statuses: { name: string; image: string; imageID?: string }[] = pod['status']?.containerStatuses ?? [];
  return containersIn(pod).every(({ name, image: named }) => {
    const image = expected.get(name, named);
    const status = statuses.find((container) => container.name === name);
    return image === undefined || !status?.imageID || runsImage(status, image);
  });
}

/** Whether a pod's spec asks for what is expected. An init container is not looked at: it has run before the pod could be ready. */
export function asksForExpected(pod: KubernetesObject, expected: ExpectedImages): boolean {
  return containersIn(pod).every(({ name, image }) => (expected.get(name, image)?.reference ?? image) === image);
}

function containersIn(pod: KubernetesObject): { readonly name: string; readonly image: string }[] {
  return pod['spec']?.containers ?? [];
}

/** Containers that run, by the reference that is expected of them, an image that is not. */
export function otherImages(
  pod: KubernetesObject,
  expected: ExpectedImages,
): { readonly expected: ExpectedImage; readonly imageId: string }[] {
  const statuses: { name: string; image: string; imageID: string; state?: { running?: object } }[] =
    pod['status']?.containerStatuses ?? [];
  return statuses.flatMap((status) => {
    const named = containersIn(pod).find(({ name }) => name === status.name)?.image;
    const image = expected.get(status.name, named);
    const isMeant = named !== undefined && named === image?.reference;
    const imageId = /(sha256:[0-9a-f]+)$/.exec(status.imageID)?.[1];
    if (image === undefined || !isMeant || imageId === undefined || status.imageID.includes('@')) return [];
    return status.state?.running === undefined || runsImage(status, image) ? [] : [{ expected: image, imageId }];
  });
}

/** Whether a container, by its status, was made from an image. */
export function runsImage(
  status: { readonly image: string; readonly imageID?: string },
  { reference, imageId, digest, likewise }: ExpectedImage,
): boolean {
  const { image, imageID = '' } = status;
  if (!imageID.includes('@')) return [imageId, ...(likewise ?? [])].some((id) => imageID.endsWith(id));
  // The id is that of the repository's manifest, not the image's. The status then names whichever of the image's names
  // comes first, so that the unique tag has to do only where the manifest is not known.
  return digest === undefined ? image.endsWith(reference) : imageID.endsWith(`@${digest}`);
}
