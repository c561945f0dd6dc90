import type { KubernetesObject } from './kubernetes-object.ts';

/** Steps from an object to the images it names: a field, an element of a list, or with `*` all of them. */
export type ImagePath = readonly (string | number)[];

const ALL = '*';

/**
 * Reads `spec.containers[*].image`.
 *
 * @param text as the config's schema admits it
 */
export function parseImagePath(text: string): ImagePath {
  return [...text.matchAll(/\[(\*|\d+)\]|[^.[\]]+/g)].map(([field, element]) => {
    if (element === undefined) return field;
    return element === ALL ? ALL : Number(element);
  });
}

/** The images that an object names at these places, as written; what is there and is no text is passed over. */
export function imagesAt(object: KubernetesObject, paths: readonly ImagePath[]): string[] {
  const images: string[] = [];
  for (const path of paths) visit(object, path, (image) => images.push(image));
  return images;
}

/**
 * Puts other images in the place of those that an object names.
 *
 * @param choose the image that is to be there; undefined: the one that is
 */
export function replaceImagesAt(
  object: KubernetesObject,
  paths: readonly ImagePath[],
  choose: (image: string) => string | undefined,
): void {
  for (const path of paths) {
    visit(object, path, (image, holder, key) => {
      const chosen = choose(image);
      if (chosen !== undefined) holder[key] = chosen;
    });
  }
}

/**
 * Where an object most likely names an image, as {@link parseImagePath} reads it: a text that is accepted, in a field that is
 * called after images. What is in a list is all of the list's.
 */
export function likelyImagePaths(object: KubernetesObject, accepts: (text: string) => boolean): string[] {
  const found = new Set<string>();
  const look = (value: unknown, path: string, isCalledSo: boolean) => {
    if (typeof value === 'string') {
      if (isCalledSo && accepts(value)) found.add(path);
    } else if (Array.isArray(value)) {
      for (const element of value) look(element, `${path}[*]`, isCalledSo);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inside] of Object.entries(value)) {
        if (PLAIN_FIELD.test(key)) look(inside, path === '' ? key : `${path}.${key}`, /image/i.test(key));
      }
    }
  };
  look({ ...object, metadata: undefined }, '', false);
  return [...found];
}

/** What a path can name: no field with a dot, as annotations have. */
const PLAIN_FIELD = /^[A-Za-z_$][\w$-]*$/;

type Holder = Record<string | number, unknown>;

function visit(
  value: unknown,
  [step, ...rest]: ImagePath,
  see: (image: string, holder: Holder, key: string | number) => void,
): void {
  if (step === undefined || typeof value !== 'object' || value === null) return;
  // a list has elements and no fields, a mapping has fields only
  if (Array.isArray(value) !== (step === ALL || typeof step === 'number')) return;
  const holder = value as Holder;
  for (const key of step === ALL ? Object.keys(holder) : [step]) {
    if (!Object.hasOwn(holder, key)) continue;
    const inside = holder[key];
    if (rest.length > 0) visit(inside, rest, see);
    else if (typeof inside === 'string' && inside !== '') see(inside, holder, key);
  }
}
