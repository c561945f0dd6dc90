import { createHash, randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { removeFolder } from '../runtime/remove-folder.ts';
import type { Layer } from './stored-image.ts';

/** Layers in folders with short names: the names of all layers of an image have to fit into one mount's options. */
export class LayerStore {
  readonly #folder: string;
  readonly #layers = new Map<string, Layer>();
  #next = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An empty folder for a layer to be. */
  async draft(): Promise<string> {
    this.#next += 1;
    const folder = path.join(this.#folder, String(this.#next));
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /**
   * The layer that a draft has become. It is to be added in the same turn as what holds it: a sweep may come after each.
   *
   * @param key what the layer was made from; undefined for one that nothing else can be
   */
  async seal(folder: string, key: string | undefined): Promise<Layer> {
    const digest = createHash('sha256')
      .update(key ?? randomBytes(32))
      .digest('hex');
    return { id: `sha256:${digest}`, folder, size: await bytesBelow(folder) };
  }

  add(layer: Layer): void {
    this.#layers.set(layer.folder, layer);
  }

  /** Deletes a draft that came to nothing. */
  async discard(folder: string): Promise<void> {
    await removeFolder(folder);
  }

  all(): readonly Layer[] {
    return [...this.#layers.values()];
  }

  /** Deletes the layers that are not among these, which are those held at the call. */
  async keepOnly(used: ReadonlySet<Layer>): Promise<void> {
    const unused = this.all().filter((layer) => !used.has(layer));
    for (const { folder } of unused) this.#layers.delete(folder);
    await Promise.all(unused.map(({ folder }) => removeFolder(folder)));
  }
}

async function bytesBelow(folder: string): Promise<number> {
  const sizes = (await readdir(folder, { withFileTypes: true })).map(async (entry: Dirent) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return bytesBelow(file);
    return (await lstat(file)).size;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
