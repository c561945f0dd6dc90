import { type RunConfig, type StoredImage, sizeOf } from '../images/stored-image.ts';
import type { Engine } from './engine.ts';

/** An image in a list: moby's api/types/image.Summary. */
export function summarizeImage(engine: Engine, image: StoredImage) {
  const references = engine.images.referencesOf(image.id);
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: references,
    RepoDigests: [],
    Created: Math.floor(Date.parse(image.created) / 1000),
    Size: sizeOf(image),
    SharedSize: -1,
    Labels: image.config.labels,
    Containers: -1,
  };
}

/** moby's api/types/image.InspectResponse. */
export function inspectImage(engine: Engine, image: StoredImage): object {
  return {
    Id: image.id,
    RepoTags: engine.images.referencesOf(image.id),
    RepoDigests: [],
    Parent: '',
    Comment: image.history.at(-1)?.comment ?? '',
    Created: image.created,
    DockerVersion: '',
    Author: '',
    Config: configJson(image.config),
    Architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    Os: 'linux',
    Size: sizeOf(image),
    GraphDriver: { Name: 'overlay2', Data: { UpperDir: image.layers.at(-1)?.folder ?? '' } },
    RootFS: { Type: 'layers', Layers: image.layers.map((layer) => layer.id) },
    Metadata: { LastTagTime: image.created },
  };
}

/** The image-spec's config as Docker writes it. */
export function configJson(config: RunConfig): object {
  const set = (names: readonly string[]) =>
    names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, {}]));
  return {
    User: config.user,
    Env: config.env,
    Cmd: config.cmd ?? null,
    Entrypoint: config.entrypoint ?? null,
    Volumes: set(config.volumes),
    WorkingDir: config.workdir,
    OnBuild: null,
    Labels: config.labels,
    ...(config.exposedPorts.length === 0 ? {} : { ExposedPorts: set(config.exposedPorts) }),
    ...(config.stopSignal === undefined ? {} : { StopSignal: config.stopSignal }),
    ...(config.shell === undefined ? {} : { Shell: config.shell }),
    ...(config.healthcheck === undefined ? {} : { Healthcheck: config.healthcheck }),
  };
}

/** moby's api/types/image.HistoryResponseItem, the newest first. */
export function historyOf(engine: Engine, image: StoredImage): object[] {
  return [...image.history].reverse().map((entry, index) => ({
    Id: index === 0 ? image.id : '<missing>',
    Created: Math.floor(Date.parse(entry.created) / 1000),
    CreatedBy: entry.createdBy,
    Tags: index === 0 ? engine.images.referencesOf(image.id) : null,
    Size: entry.size,
    Comment: entry.comment,
  }));
}
