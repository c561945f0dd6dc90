import { constants } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Lent } from '../../images/host-system.ts';
import { EngineError, type Mount } from '../../ports/container-engine.ts';
import type { ContainerRoot } from '../isolation.ts';
import { RootFiles } from '../root-files.ts';
import { NamedFolder } from './named-folder.ts';

/** What the kubelet mounts into every container. Programs here do without: what it tells is told in another way. */
const OF_KUBELET = [
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/dev/termination-log',
  '/var/run/secrets/kubernetes.io/serviceaccount',
];

/**
 * A container's root as a plain folder: a copy of the image's files. Each layer is the whole of what is below it too, so
 * that only the last one is copied.
 */
export class CopiedRoot implements ContainerRoot {
  readonly path: string;
  readonly files: RootFiles;

  private constructor(root: string) {
    this.path = root;
    this.files = new RootFiles(root, NamedFolder.open);
  }

  static async copy(layers: readonly string[], upper: string): Promise<CopiedRoot> {
    await mkdir(upper, { recursive: true });
    const last = layers.at(-1);
    if (last !== undefined) {
      await cp(last, upper, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    }
    return new CopiedRoot(upper);
  }

  async furnish(lent: readonly Lent[], mounts: readonly Mount[]): Promise<void> {
    const asked = mounts.find(({ target }) => !OF_KUBELET.includes(path.posix.normalize(target)));
    if (asked !== undefined) {
      throw new EngineError(400, `${asked.target} cannot be mounted: this sandbox has no namespaces to mount it in`);
    }
    for (const { target } of lent) this.files.makeFile(target);
  }

  /** Its folder is the container's, which goes with that. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
