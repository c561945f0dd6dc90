import { readlinkSync } from 'node:fs';
import { codeOf } from './file-errors.ts';

/** A folder below a container's root to which a path has led. */
export interface OpenFolder extends Disposable {
  /** A name in it, for the functions of node:fs. */
  within(name: string): string;
  /** Where a link of that name leads; undefined for everything else. */
  link(name: string): string | undefined;
  /**
   * The folder of that name.
   *
   * @param make whether it is made where nothing is
   * @throws Error with the code ENOENT or ENOTDIR
   */
  enter(name: string, make: boolean): OpenFolder;
}

/** Where a link leads; undefined for what is none, or not there. */
export function linkAt(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch (error) {
    if (codeOf(error) === 'EINVAL' || codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
