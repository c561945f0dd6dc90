import { lstatSync } from 'node:fs';
import { chmod, mkdir, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Mount } from '../ports/container-engine.ts';
import type { KubeObject } from '../ports/kube-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { dataOf } from './container-env.ts';
import { type PodPlace, podField, resourceField } from './downward.ts';
import { expand } from './expansion.ts';
import type { Container, DownwardItem, KeyedSource, PodSpec, Volume } from './pod-spec.ts';

/** A file of a volume, by its path in it. */
interface VolumeFile {
  readonly bytes: Buffer | string;
  readonly mode: number;
}

type VolumeFiles = Map<string, VolumeFile>;

const DEFAULT_MODE = 0o644;

/** Where the kubelet cannot set up a volume; the message is the Event's and says which and why. */
export class MountError extends Error {}

/** The volumes of one pod, as folders of the node. */
export class PodVolumes {
  readonly #store: ObjectStore;
  readonly #folder: string;
  /** Folder of the node under which the claims keep theirs. */
  readonly #claims: string;
  readonly #paths = new Map<string, string>();

  /** @param folder of the pod */
  constructor(store: ObjectStore, folder: string, claims: string) {
    this.#store = store;
    this.#folder = folder;
    this.#claims = claims;
  }

  /**
   * Makes the folders of all volumes and writes what they hold. Again: writes what has changed since.
   *
   * @throws MountError
   */
  async setUp(pod: KubeObject, place: PodPlace): Promise<void> {
    for (const volume of (pod['spec'] as PodSpec).volumes ?? []) {
      this.#paths.set(volume.name, await this.#setUp(pod, volume, place));
    }
  }

  /** @throws MountError for a volume that the pod does not have, or a subPath that leaves it */
  async mountsOf(container: Container, env: Readonly<Record<string, string>>): Promise<Mount[]> {
    const mounts: Mount[] = [];
    for (const { name, mountPath, subPath, readOnly } of container.volumeMounts ?? []) {
      const volume = this.#paths.get(name);
      if (volume === undefined) throw new MountError(`volume ${JSON.stringify(name)} not found`);
      const source = path.resolve(volume, expand(subPath ?? '', env));
      if (source !== volume && !source.startsWith(`${volume}/`)) {
        throw new MountError(`subPath ${JSON.stringify(subPath)} must be within the volume ${JSON.stringify(name)}`);
      }
      if (!exists(source)) await mkdir(source, { recursive: true, mode: 0o750 });
      // Links that a container left in the volume must not lead out of it (CVE-2017-1002101).
      const real = await realpath(source);
      const root = await realpath(volume);
      if (real !== root && !real.startsWith(`${root}/`)) {
        throw new MountError(`subPath ${JSON.stringify(subPath)} must be within the volume ${JSON.stringify(name)}`);
      }
      mounts.push({ source: real, target: mountPath, readOnly: readOnly ?? false });
    }
    return mounts;
  }

  async #setUp(pod: KubeObject, volume: Volume, place: PodPlace): Promise<string> {
    const folder = path.join(this.#folder, 'volumes', volume.name);
    if (volume.persistentVolumeClaim !== undefined) {
      return await this.#claimFolder(pod, volume.persistentVolumeClaim.claimName);
    }
    if (volume.hostPath !== undefined) {
      throw new MountError(
        `MountVolume.SetUp failed for volume "${volume.name}" : hostPath ${JSON.stringify(volume.hostPath.path)} is refused: pods of the sandbox never reach the files of its machine; use an emptyDir or a persistentVolumeClaim`,
      );
    }
    let files: VolumeFiles | undefined;
    try {
      files = this.#filesOf(pod, volume, place);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new MountError(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`);
    }
    if (files === undefined) {
      if (!exists(folder)) {
        await mkdir(folder, { recursive: true });
        await chmod(folder, 0o777); // whoever the container runs as
      }
    } else {
      await writeFiles(folder, files);
    }
    return folder;
  }

  async #claimFolder(pod: KubeObject, claimName: string): Promise<string> {
    const { namespace = 'default' } = pod.metadata;
    const claim = this.#store.get({ resource: 'persistentvolumeclaims', namespace, name: claimName });
    if (claim?.['status']?.phase !== 'Bound') throw new MountError(`PVC is not bound: ${namespace}/${claimName}`);
    const folder = path.join(this.#claims, namespace, claimName);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Undefined for an empty folder, which is the pod's to fill. */
  #filesOf(pod: KubeObject, volume: Volume, place: PodPlace): VolumeFiles | undefined {
    if (volume.emptyDir !== undefined) return undefined;
    const { configMap, secret, downwardAPI, projected } = volume;
    const files: VolumeFiles = new Map();
    const mode = (configMap ?? secret ?? downwardAPI ?? projected)?.defaultMode ?? DEFAULT_MODE;
    if (configMap) this.#addKeys(files, pod, 'configmap', configMap.name, configMap, mode);
    else if (secret) this.#addKeys(files, pod, 'secret', secret.secretName, secret, mode);
    else if (downwardAPI) addDownward(files, pod, downwardAPI.items, place, mode);
    else if (projected) {
      for (const source of projected.sources ?? []) {
        if (source.configMap) this.#addKeys(files, pod, 'configmap', source.configMap.name, source.configMap, mode);
        if (source.secret) this.#addKeys(files, pod, 'secret', source.secret.name, source.secret, mode);
        if (source.downwardAPI) addDownward(files, pod, source.downwardAPI.items, place, mode);
        if (source.serviceAccountToken) throw new Error('service account tokens are not supported by the sandbox');
      }
    } else {
      const [type = 'none'] = Object.keys(volume).filter((key) => key !== 'name');
      throw new Error(`volumes of type ${type} are not supported by the sandbox`);
    }
    return files;
  }

  #addKeys(
    files: VolumeFiles,
    pod: KubeObject,
    kind: 'configmap' | 'secret',
    name: string | undefined,
    source: KeyedSource,
    mode: number,
  ): void {
    const { namespace = 'default' } = pod.metadata;
    const data = dataOf(this.#store, kind, namespace, name ?? '');
    if (data === undefined) {
      if (source.optional) return;
      throw new Error(`${kind} "${name}" not found`);
    }
    const items = source.items ?? Object.keys(data).map((key) => ({ key, path: key, mode: undefined }));
    for (const item of items) {
      const bytes = data[item.key];
      if (bytes !== undefined) files.set(item.path, { bytes, mode: item.mode ?? mode });
      else if (!source.optional) throw new Error(`${kind} references non-existent config key: ${item.key}`);
    }
  }
}

function addDownward(
  files: VolumeFiles,
  pod: KubeObject,
  items: readonly DownwardItem[] = [],
  place: PodPlace,
  mode: number,
): void {
  for (const item of items) {
    const bytes =
      item.fieldRef !== undefined
        ? podField(pod, item.fieldRef, place)
        : resourceField(pod, undefined, item.resourceFieldRef ?? { resource: '' }, place);
    files.set(item.path, { bytes, mode: item.mode ?? mode });
  }
}

/**
 * Writes all files at once, as pkg/volume/util AtomicWriter: into a new folder, to which `..data` is turned; the names
 * that a container sees are links into `..data`.
 */
async function writeFiles(folder: string, files: VolumeFiles): Promise<void> {
  const stamp = `..${new Date().toISOString().replace(/\D/g, '_')}${Math.random().toString(36).slice(2, 8)}`;
  for (const [name, { bytes, mode }] of files) {
    const file = path.join(folder, stamp, path.normalize(`/${name}`));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes, { mode });
  }
  await mkdir(path.join(folder, stamp), { recursive: true });
  const before = await readlink(path.join(folder, '..data')).catch(() => undefined);
  const link = path.join(folder, '..data_tmp');
  await rm(link, { force: true });
  await symlink(stamp, link);
  await rename(link, path.join(folder, '..data'));
  if (before !== undefined) await rm(path.join(folder, before), { recursive: true, force: true });
  for (const name of new Set([...files.keys()].map((file) => path.normalize(file).split('/')[0] ?? ''))) {
    if (!exists(path.join(folder, name))) await symlink(path.join('..data', name), path.join(folder, name));
  }
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
