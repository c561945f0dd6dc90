import { writeFile } from 'node:fs/promises';
import type { HostTools } from './host-tools.ts';

/**
 * Options that keep mount(8) and umount(8) from what takes longer than the mounting once there are some dozen containers:
 * they would read the list of all mounts where they need not, look for helpers, and follow each part of each path.
 */
export const PLAINLY = ['--no-mtab', '--internal-only', '--no-canonicalize'] as const;

/** A line of fstab(5). */
export interface MountEntry {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/** Something of the node at a place of a container. Read-only ones cannot be made writable from inside. */
export function bindEntry(source: string, target: string, readOnly: boolean): MountEntry {
  return { source, target, type: 'none', options: readOnly ? 'rbind,ro' : 'rbind' };
}

/**
 * An overlay whose last layer is on top. `userxattr` lets it work in a user namespace, and
 * `volatile` spares the disk a sync at every unmount: nothing here outlives the node.
 *
 * @param lower folders of the layers, the first one lowest
 */
export function overlayEntry(lower: readonly string[], upper: string, work: string, target: string): MountEntry {
  const options = [
    `lowerdir=${[...lower].reverse().map(escapeOption).join(':')}`,
    `upperdir=${escapeOption(upper)}`,
    `workdir=${escapeOption(work)}`,
    'userxattr',
    'volatile',
  ];
  return { source: 'overlay', target, type: 'overlay', options: options.join(',') };
}

/** The text of an fstab(5), for `mount --all --fstab`: many mounts by one process. */
export function fstab(entries: readonly MountEntry[]): string {
  return entries
    .map((entry) => [entry.source, entry.target, entry.type, entry.options].map(escapeField).join(' '))
    .map((line) => `${line} 0 0\n`)
    .join('');
}

/** Mounts one entry, in the node's own mount namespace. It is sooner done than by {@link mountAll}, which reads all mounts. */
export async function mountOne(tools: HostTools, { source, target, type, options }: MountEntry): Promise<void> {
  await tools.shell.run([[tools.mount, ...PLAINLY, '--types', type, '--options', options, source, target]]);
}

/**
 * Mounts in order, in the node's own mount namespace.
 *
 * @param file where the fstab is written
 */
export async function mountAll(tools: HostTools, entries: readonly MountEntry[], file: string): Promise<void> {
  await writeFile(file, fstab(entries));
  await tools.shell.run([[tools.mount, ...PLAINLY, '--all', '--fstab', file]]);
}

/** Takes a mount away with everything that is mounted below it. */
export async function unmount(tools: HostTools, target: string): Promise<void> {
  await tools.shell.run([[tools.umount, ...PLAINLY, '--lazy', target]]);
}

function escapeField(text: string): string {
  return text.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function escapeOption(folder: string): string {
  return folder.replace(/[\\:,]/g, (char) => `\\${char}`);
}
