import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * Lets the links of a container's files lead to the same places for the system as for a container, whose root they are
 * in: absolute, and never out of it. They lead there even when the program moves one, which Node's permission model
 * allows; making links it does not.
 *
 * @returns lets them be as they were for a container, under whatever root its files are next
 */
export async function pinLinks(root: string): Promise<() => Promise<void>> {
  const pinned = await changeLinks(root, (file, to) => {
    const absolute = path.posix.resolve(path.posix.dirname(file), to);
    return path.join(root, absolute);
  });
  return async () => {
    if (pinned > 0) await changeLinks(root, (_, to) => (to.startsWith(`${root}/`) ? to.slice(root.length) : to));
  };
}

/**
 * Changes where links lead.
 *
 * @param change takes the link as a container names it and where it leads
 * @returns how many there are
 */
async function changeLinks(root: string, change: (file: string, to: string) => string): Promise<number> {
  let links = 0;
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) continue;
    links += 1;
    const file = path.join(entry.parentPath, entry.name);
    const to = await readlink(file);
    const changed = change(file.slice(root.length), to);
    if (changed === to) continue;
    await rm(file);
    await symlink(changed, file);
  }
  return links;
}
