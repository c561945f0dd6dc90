import { closeSync, constants, lstatSync, mkdirSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf, failure } from './file-errors.ts';
import { HeldFolder } from './held-folder.ts';
import type { OpenFolder } from './open-folder.ts';

/** As the kernel: more links than this on one way are a loop. */
const MAX_LINKS = 40;

/** A name in an open folder. Its {@link path} leads to that name and nowhere else, whatever is renamed meanwhile. */
export interface Place extends Disposable {
  /** For the functions of node:fs. The last name may be a link: do not follow it unless it was resolved. */
  readonly path: string;
  /** Where it is below the root, absolute, without links. */
  readonly inRoot: string;
}

/**
 * The files below a container's root, as its own processes see them: links and `..` never lead out of the root. Every
 * step of a path is opened by itself, without following links, as openat2's RESOLVE_IN_ROOT does.
 */
export class RootFiles {
  readonly root: string;
  readonly #open: (root: string) => OpenFolder;

  /** @param open how folders are held on the way; by default so that no program can lead the way elsewhere meanwhile */
  constructor(root: string, open: (root: string) => OpenFolder = HeldFolder.open) {
    this.root = root;
    this.#open = open;
  }

  /**
   * Opens the folder that a path leads to and names its last part in it.
   *
   * @param options.follow whether the last part is resolved when it is a link
   * @param options.makeFolders makes the folders on the way that are missing
   * @throws Error with the code ENOENT, ENOTDIR or ELOOP
   */
  place(file: string, options: { follow: boolean; makeFolders?: boolean }): Place {
    const names = partsOf(file);
    using folders = new OpenFolders(this.#open(this.root));
    let links = 0;
    let name = names.shift();
    for (; name !== undefined; name = names.shift()) {
      if (name === '..') {
        folders.leave();
        continue;
      }
      const isLast = names.length === 0;
      const link = isLast && !options.follow ? undefined : folders.last.link(name);
      if (link !== undefined) {
        links += 1;
        if (links > MAX_LINKS) throw failure('ELOOP', 'too many levels of symbolic links', file);
        names.unshift(...partsOf(link));
        if (link.startsWith('/')) folders.leaveAll();
        continue;
      }
      if (isLast) break;
      folders.enter(name, options.makeFolders === true);
    }
    const inRoot = `/${[...folders.names, ...(name === undefined ? [] : [name])].join('/')}`;
    const folder = folders.take();
    return { path: folder.within(name ?? '.'), inRoot, [Symbol.dispose]: () => folder[Symbol.dispose]() };
  }

  /** Follows links. Undefined where nothing is. */
  stat(file: string): Stats | undefined {
    return this.#at(file, true, (place) => statSync(place.path));
  }

  /** Says of a link that it is one. Undefined where nothing is. */
  lstat(file: string): Stats | undefined {
    return this.#at(file, false, (place) => lstatSync(place.path));
  }

  /** Contents of a regular file; undefined where none is. */
  read(file: string): Buffer | undefined {
    return this.#at(file, true, (place) => (statSync(place.path).isFile() ? readFileSync(place.path) : undefined));
  }

  /** Makes a folder and those above it; one that is there is left as it is. Returns where it is, without links. */
  makeFolder(file: string): string {
    using place = this.place(file, { follow: true, makeFolders: true });
    try {
      if (place.inRoot !== '/') mkdirSync(place.path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (!lstatSync(place.path).isDirectory()) throw failure('ENOTDIR', 'not a directory', file);
    }
    return place.inRoot;
  }

  /** Makes an empty file, where nothing is, to mount something on. Returns where it is, without links. */
  makeFile(file: string): string {
    using place = this.place(file, { follow: true, makeFolders: true });
    try {
      closeSync(openSync(place.path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    return place.inRoot;
  }

  #at<T>(file: string, follow: boolean, look: (place: Place) => T | undefined): T | undefined {
    try {
      using place = this.place(file, { follow });
      return look(place);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return undefined;
      throw error;
    }
  }
}

/** The folders from the root to where a path has led so far. */
class OpenFolders implements Disposable {
  readonly #folders: { readonly name: string; readonly folder: OpenFolder }[];

  constructor(root: OpenFolder) {
    this.#folders = [{ name: '', folder: root }];
  }

  /** Without the root's. */
  get names(): string[] {
    return this.#folders.slice(1).map(({ name }) => name);
  }

  get last(): OpenFolder {
    return (this.#folders.at(-1) as { folder: OpenFolder }).folder;
  }

  enter(name: string, make: boolean): void {
    this.#folders.push({ name, folder: this.last.enter(name, make) });
  }

  /** Goes one up, and from the root nowhere. */
  leave(): void {
    if (this.#folders.length > 1) this.#folders.pop()?.folder[Symbol.dispose]();
  }

  leaveAll(): void {
    while (this.#folders.length > 1) this.leave();
  }

  /** The last one, which is the caller's from now on. */
  take(): OpenFolder {
    return (this.#folders.pop() as { folder: OpenFolder }).folder;
  }

  [Symbol.dispose](): void {
    for (const { folder } of this.#folders.splice(0)) folder[Symbol.dispose]();
  }
}

function partsOf(file: string): string[] {
  return file.split('/').filter((part) => part !== '' && part !== '.');
}
