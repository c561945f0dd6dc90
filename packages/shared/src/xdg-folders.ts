import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * devloop's folder below one of the XDG base directory specification, on every system.
 *
 * @param usual where that is, in the home folder, when the variable says nothing
 */
export function xdgFolder(env: Environment, variable: string, homeFolder: string, usual: string): string {
  const named = env[variable] ?? '';
  // the specification has paths that are not absolute ignored
  const base = path.isAbsolute(named) ? named : path.join(homeFolder, usual);
  return path.join(base, 'devloop');
}

/** Where is kept what can be made anew, of all projects: below `XDG_CACHE_HOME`, or `.cache` in the home folder. */
export function cacheFolderOf(env: Environment, homeFolder: string): string {
  return xdgFolder(env, 'XDG_CACHE_HOME', homeFolder, '.cache');
}
