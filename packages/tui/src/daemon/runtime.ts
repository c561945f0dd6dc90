import { homedir, tmpdir } from 'node:os';
import { logsFolderOf, type RuntimeEnvironment, type RuntimePaths, runtimePaths } from '@devloop/shared/runtime-paths';

/** Where the daemon of a project folder is to be found by a process of this environment; default: this process. */
export function runtimeOf(projectFolder: string, env: NodeJS.ProcessEnv = process.env): RuntimePaths {
  return runtimePaths(projectFolder, environment(env));
}

/** Where the logs of a project's services are kept. */
export function logsOf(projectFolder: string): string {
  return logsFolderOf(projectFolder, environment(process.env));
}

function environment(env: NodeJS.ProcessEnv): RuntimeEnvironment {
  return {
    env,
    uid: process.getuid?.() ?? 0,
    temporaryFolder: tmpdir(),
    homeFolder: homedir(),
    platform: process.platform,
  };
}
