import { tmpdir } from 'node:os';
import { type RuntimePaths, runtimePaths } from '@devloop/shared/runtime-paths';

/** Where the daemon of a project folder is to be found from this process. */
export function runtimeOf(projectFolder: string): RuntimePaths {
  return runtimePaths(projectFolder, {
    env: process.env,
    uid: process.getuid?.() ?? 0,
    temporaryFolder: tmpdir(),
    platform: process.platform,
  });
}
