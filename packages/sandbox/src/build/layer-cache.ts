import type { Layer } from '../images/stored-image.ts';

export interface CachedLayer {
  readonly layer: Layer;
  /** RFC 3339. */
  readonly created: string;
}

/** More steps than this are not remembered; those that were used last are. */
const CAPACITY = 500;

/** Layers by what they were made from. */
export class LayerCache {
  readonly #layers = new Map<string, CachedLayer>();

  get(key: string): CachedLayer | undefined {
    const found = this.#layers.get(key);
    if (found !== undefined) this.set(key, found);
    return found;
  }

  set(key: string, layer: CachedLayer): void {
    this.#layers.delete(key);
    this.#layers.set(key, layer);
    const [oldest] = this.#layers.keys();
    if (this.#layers.size > CAPACITY && oldest !== undefined) this.#layers.delete(oldest);
  }

  layers(): Layer[] {
    return [...this.#layers.values()].map(({ layer }) => layer);
  }

  /** Forgets the steps that may go. @returns their keys */
  prune(mayGo: (key: string, layer: CachedLayer) => boolean): string[] {
    const going = [...this.#layers].filter(([key, layer]) => mayGo(key, layer)).map(([key]) => key);
    for (const key of going) this.#layers.delete(key);
    return going;
  }
}
