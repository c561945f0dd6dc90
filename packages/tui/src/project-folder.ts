import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { findConfig } from '@devloop/daemon/config/find-config';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { runtimeOf } from './daemon/runtime.ts';

/**
 * The project folder: the one that holds `devloop.yaml`, `start` or the nearest above it. Where the file is gone but a
 * daemon of the folder still runs, that folder, so that the daemon can be asked and stopped.
 *
 * @throws DevloopError `config/not-found`
 */
export async function findProjectFolder(start: string): Promise<string> {
  const from = await existing(start);
  try {
    return path.dirname(await findConfig(from));
  } catch (error) {
    const orphan = await folderWithDaemon(from);
    if (orphan === undefined) throw error;
    return orphan;
  }
}

async function existing(folder: string): Promise<string> {
  try {
    return await realpath(folder); // one folder has one daemon, by whatever link it is reached
  } catch (error) {
    throw new DevloopError(
      'config/not-found',
      `There is no folder ${folder}.`,
      'Name an existing one: devloop -C DIR',
      {
        cause: error,
      },
    );
  }
}

async function folderWithDaemon(from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const isThere = await access(runtimeOf(folder).socket).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}
