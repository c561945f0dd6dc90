import { chmodSync, constants, copyFileSync, lstatSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { RootFiles } from '../runtime/root-files.ts';
import { makeRoom } from '../runtime/tar-files.ts';

/** A source of COPY that is not there. */
export class SourceNotFound extends Error {
  readonly source: string;

  constructor(source: string) {
    super(`"${path.posix.join('/', source)}": not found`);
    this.source = source;
  }
}

/**
 * The files that COPY's sources mean, with wildcards by the rules of Go's filepath.Match. Where they are below the
 * root, absolute, without links.
 *
 * @throws SourceNotFound
 */
export function findSources(files: RootFiles, sources: readonly string[]): string[] {
  return sources.flatMap((source) => {
    const found = matching(files, '/', path.posix.join('/', source).split('/').filter(Boolean));
    if (found.length === 0) throw new SourceNotFound(source);
    return found.map((file) => {
      using place = files.place(file, { follow: true });
      return place.inRoot;
    });
  });
}

/**
 * Copies as COPY does: of folders what is in them, several sources into a folder. Links of the destination lead
 * nowhere outside its root.
 *
 * @param to ends with a slash for a folder
 * @param mode of every file; undefined: that of the source
 */
export function copyInto(
  from: RootFiles,
  sources: readonly string[],
  files: RootFiles,
  to: string,
  mode: number | undefined,
): void {
  const intoFolder = to.endsWith('/') || sources.length > 1 || files.stat(to)?.isDirectory() === true;
  for (const source of sources) {
    if (from.stat(source)?.isDirectory()) {
      files.makeFolder(to);
      copyChildren(from, source, files, to, mode);
    } else {
      copyOne(from, source, files, intoFolder ? path.posix.join(to, path.posix.basename(source)) : to, mode);
    }
  }
}

function copyChildren(from: RootFiles, source: string, files: RootFiles, to: string, mode: number | undefined): void {
  using folder = from.place(source, { follow: true });
  for (const name of readdirSync(folder.path)) {
    copyOne(from, path.posix.join(source, name), files, path.posix.join(to, name), mode);
  }
}

function copyOne(from: RootFiles, source: string, files: RootFiles, to: string, mode: number | undefined): void {
  using origin = from.place(source, { follow: false });
  const stats = lstatSync(origin.path);
  if (stats.isDirectory()) {
    // a link to a folder that is there is gone through, as BuildKit does
    const there = files.makeFolder(to);
    using place = files.place(there, { follow: false });
    if (place.inRoot !== '/') chmodSync(place.path, mode ?? stats.mode & 0o7777);
    copyChildren(from, source, files, there, mode);
    return;
  }
  using place = files.place(to, { follow: false, makeFolders: true });
  if (stats.isSymbolicLink()) {
    makeRoom(place, false);
    symlinkSync(readlinkSync(origin.path), place.path);
  } else if (stats.isFile()) {
    makeRoom(place, false);
    copyFileSync(origin.path, place.path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    chmodSync(place.path, mode ?? stats.mode & 0o7777);
  }
}

function matching(files: RootFiles, folder: string, parts: readonly string[]): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [folder];
  if (!/[*?[\\]/.test(part)) {
    const next = path.posix.join(folder, part);
    return files.lstat(next) === undefined ? [] : matching(files, next, rest);
  }
  if (!files.stat(folder)?.isDirectory()) return [];
  using place = files.place(folder, { follow: true });
  const pattern = wildcard(part);
  return readdirSync(place.path)
    .filter((name) => pattern.test(name))
    .sort()
    .flatMap((name) => matching(files, path.posix.join(folder, name), rest));
}

/** Go's filepath.Match of one name as a regular expression. */
function wildcard(part: string): RegExp {
  const source = part.replace(/\\(.)|\[(\^?)([^\]]+)\]|[*?]|[.+^${}()|\\/[\]]/g, (all, escaped, not, set) => {
    if (escaped !== undefined) return `\\${escaped}`.replace(/^\\([A-Za-z0-9])$/, '$1');
    if (set !== undefined) return `[${not}${set}]`;
    if (all === '*') return '[^/]*';
    return all === '?' ? '[^/]' : `\\${all}`;
  });
  return new RegExp(`^${source}$`);
}
