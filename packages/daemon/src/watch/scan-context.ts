import { createHash, type Hash } from 'node:crypto';
import { createReadStream, type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { IgnoreRules } from './ignore-rules.ts';

/** One entry of a build context. `hash` is that of a file's bytes or a link's target; '' for a folder. */
export interface ContextEntry {
  /** Inside the context, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
  readonly hash: string;
  readonly target: string | undefined;
}

interface Remembered {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly hashedAtMs: number;
  readonly hash: string;
}

/** A file whose time stamp is this close to its hashing may change again without its time stamp showing it. */
const RACY_MS = 50;
/** Files up to this size are hashed in one synchronous read: quicker than a stream by far. */
const SMALL_FILE_BYTES = 1_000_000;
/** Entries looked at between two turns of the event loop. */
const ENTRIES_A_TURN = 1000;

/**
 * Reads contexts by content. Hashes are remembered by the file's size, times and inode, so that a second look costs
 * one `lstat` a file; as in git's index, a time stamp too near to the hashing is not trusted.
 */
export class ContextScanner {
  #remembered = new Map<string, Remembered>();

  /**
   * Lists a context's entries, sorted by path. A file that vanishes meanwhile is left out.
   *
   * @throws the signal's reason when it is aborted; errors of the file system (EACCES, EMFILE, …)
   */
  async scan(context: string, rules: IgnoreRules, signal: AbortSignal): Promise<ContextEntry[]> {
    const entries: ContextEntry[] = [];
    const folders = [''];
    let sinceTurn = 0;
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const child of readFolder(path.join(context, folder))) {
        const relative = folder === '' ? child.name : `${folder}/${child.name}`;
        if (child.isDirectory() ? rules.skipsFolder(relative) : rules.ignores(relative)) continue;
        const entry = await this.#entry(context, relative);
        if (entry?.kind === 'folder') folders.push(relative);
        if (entry !== undefined && !rules.ignores(relative)) entries.push(entry);
        sinceTurn += 1;
        if (sinceTurn >= ENTRIES_A_TURN) {
          sinceTurn = 0;
          await nextTurn();
          signal.throwIfAborted();
        }
      }
    }
    return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Forgets the hashes of everything below a folder that is no longer a context. */
  forget(context: string): void {
    for (const file of this.#remembered.keys()) {
      if (file.startsWith(`${context}${path.sep}`)) this.#remembered.delete(file);
    }
  }

  async #entry(context: string, relative: string): Promise<ContextEntry | undefined> {
    const absolute = path.join(context, relative);
    try {
      const stats = lstatSync(absolute);
      const base = { path: relative, mode: stats.mode & 0o7777, mtimeMs: stats.mtimeMs };
      if (stats.isDirectory()) return { ...base, kind: 'folder', size: 0, hash: '', target: undefined };
      if (stats.isSymbolicLink()) {
        const target = readlinkSync(absolute);
        return { ...base, kind: 'link', size: 0, hash: target, target };
      }
      if (!stats.isFile()) return undefined; // sockets, pipes and devices are no part of a context
      return { ...base, kind: 'file', size: stats.size, hash: await this.#hash(absolute, stats), target: undefined };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw translateReadError(error, absolute);
    }
  }

  async #hash(file: string, stats: Stats): Promise<string> {
    const known = this.#remembered.get(file);
    if (
      known !== undefined &&
      known.size === stats.size &&
      known.mtimeMs === stats.mtimeMs &&
      known.ctimeMs === stats.ctimeMs &&
      known.ino === stats.ino &&
      known.hashedAtMs - Math.max(stats.mtimeMs, stats.ctimeMs) > RACY_MS
    ) {
      return known.hash;
    }
    const hashedAtMs = Date.now();
    const hash = await hashFile(file, stats.size);
    const { size, mtimeMs, ctimeMs, ino } = stats;
    this.#remembered.set(file, { size, mtimeMs, ctimeMs, ino, hashedAtMs, hash });
    return hash;
  }
}

/** The hash that {@link ContextEntry.hash} holds for a file's bytes; feed it with `update`, end it with `hex`. */
export function contentHash(): Hash {
  return createHash('sha256');
}

async function hashFile(file: string, size: number): Promise<string> {
  const hash = contentHash();
  if (size <= SMALL_FILE_BYTES) hash.update(readFileSync(file));
  else for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw translateReadError(error, folder);
  }
}

function translateReadError(error: unknown, absolute: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new DevloopError(
    'build/unreadable',
    `${absolute} is part of the build's context and may not be read by this user (${code}).`,
    `Leave it out with a line in .dockerignore, or allow it: chmod -R u+rX ${absolute}`,
    { cause: error },
  );
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
