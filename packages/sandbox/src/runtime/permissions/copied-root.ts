import { cp, lstat, mkdir, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Lent } from '../../images/host-system.ts';
import { EngineError, type Mount } from '../../ports/container-engine.ts';
import type { ContainerRoot } from '../isolation.ts';
import { RootFiles } from '../root-files.ts';

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
    this.files = new RootFiles(root);
  }

  /** @throws EngineError 400 for links that lead out of the image: programs would follow them */
  static async copy(layers: readonly string[], upper: string): Promise<CopiedRoot> {
    await mkdir(upper, { recursive: true });
    const last = layers.at(-1);
    if (last !== undefined) {
      await cp(last, upper, { recursive: true, verbatimSymlinks: true });
      await mustStayInside(upper, upper);
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

async function mustStayInside(folder: string, root: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await mustStayInside(file, root);
    if (!entry.isSymbolicLink()) continue;
    const to = path.resolve(folder, await readlink(file));
    const isInside = to === root || to.startsWith(`${root}${path.sep}`);
    const isThere = await lstat(to).then(
      () => true,
      () => false,
    );
    if (isInside || !isThere) continue;
    throw new EngineError(
      400,
      `the link ${file.slice(root.length)} leads out of the image, which this sandbox cannot prevent`,
    );
  }
}
