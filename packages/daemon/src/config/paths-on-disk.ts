import { readdir, stat } from 'node:fs/promises';
import { relative } from 'node:path';

/** What makes a folder a kustomization; the first is the usual one. */
export const KUSTOMIZATION_FILES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** What is at a path; undefined where nothing is. */
export async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

/** Names of a folder's entries, sorted; none where it cannot be read. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** A path as the user would write it in the config. */
export function display(folder: string, path: string): string {
  return relative(folder, path) || '.';
}
