import { type ImagePath, replaceImagesAt } from './image-paths.ts';
import { isSameImage } from './image-reference.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { type ContainerSpec, containersOf } from './workload-images.ts';

/** Label on everything devloop applies; its value is the project's name. */
export const PROJECT_LABEL = 'devloop.dev/project';

/** One built image that takes the place of what manifests name. */
export interface ImagePin {
  /** As the manifests name it; registry, tag and digest do not matter. */
  readonly image: string;
  /** What the containers are to run instead. */
  readonly reference: string;
  /** Variables set on those containers, over what the manifest says. */
  readonly env: Readonly<Record<string, string>>;
}

export interface PinOptions {
  /** For an object that names none. */
  readonly namespace: string;
  /** Whether the object's kind lives in a namespace. */
  readonly isNamespaced: boolean;
  /** Value of {@link PROJECT_LABEL}. */
  readonly project: string;
  readonly pins: readonly ImagePin[];
  /** Where it names images besides those of its containers. */
  readonly places?: readonly ImagePath[] | undefined;
}

export interface PinnedObject {
  /** A copy; the manifest's own object is left alone. */
  readonly object: KubernetesObject;
  /** Whether a container of it runs a pinned image. */
  readonly pinned: boolean;
}

/**
 * Makes of a manifest's object the one that is applied: with namespace, ownership label, and every container that
 * names a built image running that very image, which is never pulled because it exists on the node only.
 */
export function pinObject(manifestObject: KubernetesObject, options: PinOptions): PinnedObject {
  const object = structuredClone(manifestObject);
  const { metadata } = object;
  if (options.isNamespaced) metadata.namespace ||= options.namespace;
  metadata.labels = { ...metadata.labels, [PROJECT_LABEL]: options.project };

  let pinned = false;
  const pinOf = (image: string) => options.pins.find((candidate) => isSameImage(image, candidate.image));
  replaceImagesAt(object, options.places ?? [], (image) => {
    const pin = pinOf(image);
    pinned ||= pin !== undefined;
    return pin?.reference;
  });
  for (const container of containersOf(object)) {
    const image = container.image;
    const pin = image ? pinOf(image) : undefined;
    if (pin === undefined) continue;
    container.image = pin.reference;
    container.imagePullPolicy = 'IfNotPresent';
    overrideEnv(container, pin.env);
    pinned = true;
  }
  return { object, pinned };
}

function overrideEnv(container: ContainerSpec, overrides: Readonly<Record<string, string>>): void {
  const variables = Object.entries(overrides).map(([name, value]) => ({ name, value }));
  if (variables.length === 0) return;
  const written = Array.isArray(container.env) ? container.env : [];
  container.env = [
    ...written.map((variable) => variables.find(({ name }) => name === variable?.name) ?? variable),
    ...variables.filter(({ name }) => !written.some((variable) => variable?.name === name)),
  ];
}
