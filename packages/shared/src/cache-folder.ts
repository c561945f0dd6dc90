import path from 'node:path';

/**
 * Where is kept what can be made anew, of all projects: below `XDG_CACHE_HOME`, or `.cache` in the home folder, on every
 * system.
 */
export function cacheFolderOf(env: Readonly<Record<string, string | undefined>>, homeFolder: string): string {
  const named = env['XDG_CACHE_HOME'] ?? '';
  // the XDG base directory specification has paths that are not absolute ignored
  const base = path.isAbsolute(named) ? named : path.join(homeFolder, '.cache');
  return path.join(base, 'devloop');
}
