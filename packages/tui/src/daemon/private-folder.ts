import { chmod, lstat, mkdir } from 'node:fs/promises';
import { DevloopError } from '@devloop/shared/errors/devloop-error';

/**
 * Makes a folder that only this user can look into.
 *
 * @throws DevloopError `daemon/start-failed` when the name is taken by something that belongs to somebody else
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const uid = process.getuid?.();
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
    throw new DevloopError(
      'daemon/start-failed',
      `${folder} is not a folder of this user, so the daemon would not be alone there.`,
      'Name another runtime folder: export XDG_RUNTIME_DIR=$HOME/.run',
    );
  }
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
}
