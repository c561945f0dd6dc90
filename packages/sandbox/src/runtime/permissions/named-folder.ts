import { lstatSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { failure } from '../file-errors.ts';
import { linkAt, type OpenFolder } from '../open-folder.ts';

/**
 * A folder known by its path, which every system has. Enough where no program can make links: Node's permission model
 * lets none, and those of the image lead where they led however they are moved (`pinLinks`).
 */
export class NamedFolder implements OpenFolder {
  readonly #root: string;
  readonly #path: string;

  private constructor(root: string, folder: string) {
    this.#root = root;
    this.#path = folder;
  }

  static open(root: string): NamedFolder {
    return new NamedFolder(root, root);
  }

  within(name: string): string {
    return path.join(this.#path, name);
  }

  link(name: string): string | undefined {
    const to = linkAt(this.within(name));
    // a pinned one
    return to?.startsWith(`${this.#root}/`) ? to.slice(this.#root.length) : to;
  }

  enter(name: string, make: boolean): NamedFolder {
    const folder = this.within(name);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined && !make) throw failure('ENOENT', 'no such file or directory', folder);
    if (stats === undefined) mkdirSync(folder);
    else if (!stats.isDirectory()) throw failure('ENOTDIR', 'not a directory', folder);
    return new NamedFolder(this.#root, folder);
  }

  /** It holds nothing. */
  [Symbol.dispose](): void {}
}
