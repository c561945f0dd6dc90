import { homedir, tmpdir } from 'node:os';
import { logsFolderOf, type RuntimeEnvironment, type RuntimePaths, runtimePaths } from '@devloop/shared/runtime-paths';

/** Where the daemon of a project folder is to be found from this process. */
export function runtimeOf(projectFolder: string): RuntimePaths {
  return runtimePaths(projectFolder, environment());
}

/** Where the logs of a project's services are kept. */
export function logsOf(projectFolder: string): string {
  return logsFolderOf(projectFolder, environment());
}

function environment(): RuntimeEnvironment {
  return {
    env: process.env,
    uid: process.getuid?.() ?? 0,
    temporaryFolder: tmpdir(),
    homeFolder: homedir(),
    platform: process.platform,
  };
}
