import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { codeOf } from './file-errors.ts';
import { linkAt, type OpenFolder } from './open-folder.ts';

/** Linux' O_PATH, which Node does not name: a descriptor that only says where it is. */
const O_PATH = 0o10000000;

/** A folder held by a descriptor of Linux: names are looked up in it, whatever is renamed or linked meanwhile. */
export class HeldFolder implements OpenFolder {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  static open(root: string): HeldFolder {
    return new HeldFolder(openSync(root, O_PATH | constants.O_DIRECTORY));
  }

  within(name: string): string {
    return `/proc/self/fd/${this.#fd}/${name}`;
  }

  link(name: string): string | undefined {
    return linkAt(this.within(name));
  }

  enter(name: string, make: boolean): HeldFolder {
    const open = () => openSync(this.within(name), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      return new HeldFolder(open());
    } catch (error) {
      if (!make || codeOf(error) !== 'ENOENT') throw error;
      mkdirSync(this.within(name));
      return new HeldFolder(open());
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
