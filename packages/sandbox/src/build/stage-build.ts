import { createHash } from 'node:crypto';
import { type HistoryEntry, identify, type Layer, type StoredImage } from '../images/stored-image.ts';
import type { CachedLayer } from './layer-cache.ts';
import type { Lookup } from './substitution.ts';

/** Arguments that need no ARG. */
const PREDEFINED = new Set(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
);

/** The image of a stage as far as it has been built. */
export class StageBuild {
  readonly #args = new Map<string, string | undefined>();
  readonly #given: Readonly<Record<string, string>>;
  #image: StoredImage;

  constructor(base: StoredImage, given: Readonly<Record<string, string>>) {
    this.#image = base;
    this.#given = given;
  }

  get image(): StoredImage {
    return this.#image;
  }

  get config(): StoredImage['config'] {
    return this.#image.config;
  }

  /** Digest of the files so far. */
  get ground(): string {
    const layers = this.#image.layers.map((layer) => layer.id);
    return createHash('sha256')
      .update(JSON.stringify([this.#image.base, layers]))
      .digest('hex');
  }

  /** ARG: its default holds where the build gives none. */
  declare(name: string, fallback: string | undefined): void {
    this.#args.set(name, this.#given[name] ?? fallback);
  }

  /** ENV wins over ARG. */
  readonly lookup: Lookup = (name) => {
    const env = this.config.env.find((entry) => entry.startsWith(`${name}=`));
    return env?.slice(name.length + 1) ?? this.#args.get(name);
  };

  /** What RUN sees: ARGs, and the image's environment over them. */
  environment(): Record<string, string> {
    const given = Object.entries(this.#given).filter(([name]) => PREDEFINED.has(name));
    const args = [...this.#args].filter((entry): entry is [string, string] => entry[1] !== undefined);
    const env = this.config.env.map((entry): [string, string] => {
      const [name = ''] = entry.split('=', 1);
      return [name, entry.slice(name.length + 1)];
    });
    return Object.fromEntries([...given, ...args, ...env]);
  }

  setConfig(config: StoredImage['config'], createdBy: string): void {
    this.#set({ config }, { created: this.#image.created, createdBy, comment: 'buildkit.dockerfile.v0', size: 0 });
  }

  addLayer({ layer, created }: CachedLayer, createdBy: string, config = this.config): void {
    const layers: readonly Layer[] = [...this.#image.layers, layer];
    const entry = { created, createdBy, comment: 'buildkit.dockerfile.v0', size: layer.size };
    this.#set({ layers, config, created }, entry);
  }

  /** Labels that the request adds. */
  label(labels: Readonly<Record<string, string>>): void {
    this.#set({ config: { ...this.config, labels: { ...this.config.labels, ...labels } } }, undefined);
  }

  #set(change: Partial<Omit<StoredImage, 'id'>>, entry: HistoryEntry | undefined): void {
    const { base, config, layers, history, created } = { ...this.#image, ...change };
    const longer = entry === undefined ? history : [...history, entry];
    this.#image = identify({ base, config, layers, history: longer, created });
  }
}
