import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs';
import path from 'node:path';

/** Linux' O_PATH, which Node does not name: a descriptor that only says where it is. */
const O_PATH = 0o10000000;
const OPEN_FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
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
 * The files below a container's root, as its own processes see them: links and `..` never lead out of the root, even
 * while a program of the container changes them. Every step of a path is opened by itself, without following links,
 * as openat2's RESOLVE_IN_ROOT does.
 */
export class RootFiles {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
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
    const folders = [{ fd: openSync(this.root, O_PATH | constants.O_DIRECTORY), name: '' }];
    const top = () => folders.at(-1) as { fd: number; name: string };
    const leave = () => {
      const left = folders.pop();
      if (left) closeSync(left.fd);
    };
    let links = 0;
    let done = false;
    try {
      let name = names.shift();
      for (; name !== undefined; name = names.shift()) {
        if (name === '..') {
          if (folders.length > 1) leave();
          continue;
        }
        const here = within(top().fd, name);
        const isLast = names.length === 0;
        const link = isLast && !options.follow ? undefined : linkAt(here);
        if (link !== undefined) {
          links += 1;
          if (links > MAX_LINKS) throw failure('ELOOP', 'too many levels of symbolic links', file);
          names.unshift(...partsOf(link));
          if (link.startsWith('/')) while (folders.length > 1) leave();
          continue;
        }
        if (isLast) break;
        folders.push({ fd: openFolder(here, options.makeFolders === true), name });
      }
      done = true;
      const { fd } = top();
      for (const folder of folders.slice(0, -1)) closeSync(folder.fd);
      const inRoot = `/${[...folders.slice(1).map((folder) => folder.name), ...(name === undefined ? [] : [name])].join('/')}`;
      return { path: within(fd, name ?? '.'), inRoot, [Symbol.dispose]: () => closeSync(fd) };
    } finally {
      if (!done) for (const { fd } of folders) closeSync(fd);
    }
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

/** The code of a failed system call. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function within(fd: number, name: string): string {
  return `/proc/self/fd/${fd}/${name}`;
}

function partsOf(file: string): string[] {
  return file.split('/').filter((part) => part !== '' && part !== '.');
}

function linkAt(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch (error) {
    if (codeOf(error) === 'EINVAL' || codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function openFolder(file: string, make: boolean): number {
  try {
    return openSync(file, OPEN_FOLDER);
  } catch (error) {
    if (!make || codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(file);
    return openSync(file, OPEN_FOLDER);
  }
}

function failure(code: string, what: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${what}, '${path.posix.join('/', file)}'`), { code });
}
