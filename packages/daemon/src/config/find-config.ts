import { dirname, join } from 'node:path';
import { CONFIG_FILE } from '@devloop/shared/config/config-file';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { SHORTEST_CONFIG } from './config-problem.ts';
import { kindOf } from './paths-on-disk.ts';

/**
 * Looks for `devloop.yaml` in a folder and in those above it.
 *
 * @returns the file's absolute path
 * @throws DevloopError `config/not-found`
 */
export async function findConfig(from: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if ((await kindOf(file)) === 'file') return file;
    if ((await kindOf(join(folder, 'devloop.yml'))) === 'file') {
      throw new DevloopError(
        'config/not-found',
        `There is a devloop.yml in ${folder}, but the file is called ${CONFIG_FILE}.`,
        `Rename it: mv ${join(folder, 'devloop.yml')} ${file}`,
      );
    }
    if (dirname(folder) === folder) break;
  }
  throw new DevloopError(
    'config/not-found',
    `There is no ${CONFIG_FILE} in ${from} or in a folder above it.`,
    `Have one written, in the project folder: devloop init. Or write it: for a service whose Dockerfile is in web/ these two lines are enough:\n${SHORTEST_CONFIG}`,
  );
}
