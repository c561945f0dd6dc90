import { statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Lent } from '../images/host-system.ts';
import type { Mount } from '../ports/container-engine.ts';
import type { HostTools } from './host-tools.ts';
import type { ContainerRoot } from './isolation.ts';
import { bindEntry, type MountEntry, mountAll, mountOne, overlayEntry, unmount } from './mounts.ts';
import { removeFolder } from './remove-folder.ts';
import { RootFiles } from './root-files.ts';

/** A container's root as it is mounted, on the node: an overlay of the image's layers and one that takes all changes. */
export class MountedRoot implements ContainerRoot {
  readonly path: string;
  readonly files: RootFiles;
  readonly #folder: string;
  readonly #tools: HostTools;

  private constructor(folder: string, root: string, tools: HostTools) {
    this.path = root;
    this.files = new RootFiles(root);
    this.#folder = folder;
    this.#tools = tools;
  }

  /**
   * @param folder new, for the mount itself and what it needs
   * @param layers the first one lowest
   * @param upper where all changes go
   */
  static async mount(folder: string, layers: readonly string[], upper: string, tools: HostTools): Promise<MountedRoot> {
    const at = (name: string) => path.join(folder, name);
    await Promise.all([at('work'), at('root'), at('empty'), upper].map((name) => mkdir(name, { recursive: true })));
    const lower = layers.length === 0 ? [at('empty')] : layers;
    await mountOne(tools, overlayEntry(lower, upper, at('work'), at('root')));
    return new MountedRoot(folder, at('root'), tools);
  }

  /**
   * Mounts into the root what is needed to run something there. Targets are made where they are missing, and looked up
   * inside the root: an image's links lead nowhere else.
   */
  async furnish(lent: readonly Lent[], mounts: readonly Mount[]): Promise<void> {
    for (const name of ['/proc', '/sys', '/tmp']) this.files.makeFolder(name);
    const own = new Set(mounts.map((mount) => path.posix.normalize(mount.target)));
    const entries: MountEntry[] = [
      { source: 'tmpfs', target: this.#target('/dev/shm', true), type: 'tmpfs', options: 'mode=1777,size=64m' },
      {
        source: 'devpts',
        target: this.#target('/dev/pts', true),
        type: 'devpts',
        options: 'newinstance,ptmxmode=0666',
      },
      ...lent
        .filter((one) => !own.has(one.target))
        .map((one) => bindEntry(one.source, this.#target(one.target, one.is === 'folder'), one.readOnly)),
      ...mounts.map((mount) =>
        bindEntry(mount.source, this.#target(mount.target, statSync(mount.source).isDirectory()), mount.readOnly),
      ),
    ];
    await mountAll(this.#tools, entries, path.join(this.#folder, 'root.fstab'));
  }

  /** Takes the mounts away and deletes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await unmount(this.#tools, this.path);
    await removeFolder(this.#folder);
  }

  #target(file: string, isFolder: boolean): string {
    return path.join(this.path, isFolder ? this.files.makeFolder(file) : this.files.makeFile(file));
  }
}
