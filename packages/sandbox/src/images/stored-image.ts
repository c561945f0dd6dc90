import { createHash } from 'node:crypto';
import type { ImageConfig } from '../ports/container-engine.ts';

/** A folder of files that lies over the layers before it. */
export interface Layer {
  /** `sha256:` of what it was made from. */
  readonly id: string;
  readonly folder: string;
  /** Bytes of its files. */
  readonly size: number;
}

/** What the host lends to containers of an image: see host-system.ts. */
export type BaseKind = 'node' | 'python' | 'busybox' | 'scratch';

/** The image-spec's config, with what Docker adds to it. */
export interface RunConfig {
  readonly env: readonly string[];
  /** Undefined: none is set. */
  readonly entrypoint: readonly string[] | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly workdir: string;
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal: string | undefined;
  readonly shell: readonly string[] | undefined;
  /** Docker's HealthConfig. The kubelet has its own probes, and pays no heed to it. */
  readonly healthcheck: Readonly<Record<string, unknown>> | undefined;
}

/** One line of `docker history`. */
export interface HistoryEntry {
  /** RFC 3339. */
  readonly created: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly size: number;
}

export interface StoredImage {
  /** `sha256:` of everything else here. */
  readonly id: string;
  readonly base: BaseKind;
  readonly config: RunConfig;
  /** The first one lowest. */
  readonly layers: readonly Layer[];
  readonly history: readonly HistoryEntry[];
  /** RFC 3339. */
  readonly created: string;
}

export const EMPTY_CONFIG: RunConfig = {
  env: [],
  entrypoint: undefined,
  cmd: undefined,
  workdir: '',
  user: '',
  labels: {},
  exposedPorts: [],
  volumes: [],
  stopSignal: undefined,
  shell: undefined,
  healthcheck: undefined,
};

/** Gives an image the id that its content has. */
export function identify(image: Omit<StoredImage, 'id'>): StoredImage {
  const content = { ...image, layers: image.layers.map((layer) => layer.id) };
  return { ...image, id: `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}` };
}

/** As the port tells it. */
export function portConfig(config: RunConfig): ImageConfig {
  return {
    env: config.env,
    entrypoint: config.entrypoint ?? [],
    cmd: config.cmd ?? [],
    workdir: config.workdir,
    user: config.user,
    labels: config.labels,
    exposedPorts: config.exposedPorts,
    stopSignal: config.stopSignal ?? 'SIGTERM',
  };
}

export function sizeOf(image: StoredImage): number {
  return image.layers.reduce((sum, layer) => sum + layer.size, 0);
}
