import { EngineError } from '../ports/container-engine.ts';
import { formatReference, parseReference } from './reference.ts';
import type { StoredImage } from './stored-image.ts';

export type ImageChange = 'tag' | 'untag' | 'delete' | 'pull';

/** What one removal did: an entry of moby's api/types/image.DeleteResponse. */
export type Removal = { readonly Untagged: string } | { readonly Deleted: string };

/** The engine's images and their names. */
export class ImageStore {
  readonly #images = new Map<string, StoredImage>();
  readonly #references = new Map<string, string>();
  readonly #changed: (change: ImageChange, id: string, name: string) => void;

  /** @param changed told after each change, with the name that came or went, or the id */
  constructor(changed: (change: ImageChange, id: string, name: string) => void) {
    this.#changed = changed;
  }

  all(): readonly StoredImage[] {
    return [...this.#images.values()];
  }

  /** `name:tag` of an image, sorted. */
  referencesOf(id: string): string[] {
    return [...this.#references]
      .filter(([, of]) => of === id)
      .map(([reference]) => reference)
      .sort();
  }

  /** By reference, id, or the beginning of an id that no other has. */
  find(name: string): StoredImage | undefined {
    const hex = name.replace(/^sha256:/, '');
    if (/^[0-9a-f]{64}$/.test(hex)) return this.#images.get(`sha256:${hex}`);
    const named = this.#byReference(name);
    if (named !== undefined || !/^[0-9a-f]+$/.test(hex)) return named;
    const begun = this.all().filter((image) => image.id.startsWith(`sha256:${hex}`));
    return begun.length === 1 ? begun[0] : undefined;
  }

  /** @throws EngineError 404 */
  get(name: string): StoredImage {
    const image = this.find(name);
    if (image !== undefined) return image;
    throw new EngineError(404, `No such image: ${isReference(name) ? formatReference(parseReference(name)) : name}`);
  }

  add(image: StoredImage): void {
    this.#images.set(image.id, image);
  }

  tag(image: StoredImage, name: string, change: 'tag' | 'pull' = 'tag'): void {
    const reference = formatReference(parseReference(name));
    this.#references.set(reference, image.id);
    this.#changed(change, image.id, reference);
  }

  /**
   * As `docker rmi`: a reference goes, and with the last one the image. By id everything goes.
   *
   * @param usedBy the containers made of an image: id, and whether it runs
   * @throws EngineError 404, 409
   */
  remove(name: string, force: boolean, usedBy: (id: string) => readonly { id: string; runs: boolean }[]): Removal[] {
    const image = this.get(name);
    const references = this.referencesOf(image.id);
    const byId = !references.includes(isReference(name) ? formatReference(parseReference(name)) : '');
    const short = image.id.slice('sha256:'.length, 'sha256:'.length + 12);
    if (byId && references.length > 1 && !force) {
      const why = 'must be forced) - image is referenced in multiple repositories';
      throw new EngineError(409, `conflict: unable to delete ${short} (${why}`);
    }
    const going = byId ? references : [formatReference(parseReference(name))];
    const last = going.length === references.length;
    const users = last ? usedBy(image.id) : [];
    const running = users.find((user) => user.runs);
    const blocking = running ?? (force ? undefined : users[0]);
    if (blocking !== undefined) {
      const by = `${blocking.runs ? 'running' : 'stopped'} container ${blocking.id.slice(0, 12)}`;
      throw new EngineError(
        409,
        byId
          ? `conflict: unable to delete ${short} (${blocking.runs ? 'cannot' : 'must'} be forced) - image is being used by ${by}`
          : `conflict: unable to remove repository reference "${name}" (${force ? 'cannot force' : 'must force'}) - container ${blocking.id.slice(0, 12)} is using its referenced image ${short}`,
      );
    }
    const removals: Removal[] = going.map((reference) => this.#untag(image, reference));
    return last && users.length === 0 ? [...removals, this.#drop(image)] : removals;
  }

  /**
   * Images that may go, and no container was made of.
   *
   * @returns them, and what was done, in order
   */
  prune(mayGo: (image: StoredImage) => boolean): { readonly images: StoredImage[]; readonly removals: Removal[] } {
    const images = this.all().filter(mayGo);
    const removals = images.flatMap((image) => [
      ...this.referencesOf(image.id).map((reference) => this.#untag(image, reference)),
      this.#drop(image),
    ]);
    return { images, removals };
  }

  #untag(image: StoredImage, reference: string): Removal {
    this.#references.delete(reference);
    this.#changed('untag', image.id, reference);
    return { Untagged: reference };
  }

  #drop(image: StoredImage): Removal {
    this.#images.delete(image.id);
    this.#changed('delete', image.id, image.id);
    return { Deleted: image.id };
  }

  #byReference(name: string): StoredImage | undefined {
    if (!isReference(name)) return undefined;
    const id = this.#references.get(formatReference(parseReference(name)));
    return id === undefined ? undefined : this.#images.get(id);
  }
}

function isReference(name: string): boolean {
  try {
    parseReference(name);
    return true;
  } catch {
    return false;
  }
}
