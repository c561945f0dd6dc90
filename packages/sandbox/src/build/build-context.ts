import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { removeFolder } from '../runtime/remove-folder.ts';
import type { RootFiles } from '../runtime/root-files.ts';
import { type UnpackedFile, unpack } from '../runtime/tar-files.ts';

const GZIP_MAGIC = 0x1f8b;

/** What the client sent to build from, unpacked, with the content of every file known. */
export class BuildContext implements AsyncDisposable {
  readonly files: RootFiles;
  readonly #entries: ReadonlyMap<string, UnpackedFile>;

  private constructor(files: RootFiles, entries: ReadonlyMap<string, UnpackedFile>) {
    this.files = files;
    this.#entries = entries;
  }

  /**
   * @param files below a folder that need not be there yet
   * @throws Error for a broken archive
   */
  static async receive(archive: Readable, files: RootFiles, signal: AbortSignal): Promise<BuildContext> {
    await mkdir(files.root, { recursive: true });
    const entries = new Map<string, UnpackedFile>();
    const abort = () => archive.destroy(new Error('the client has left'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      const plain = await unzipped(archive);
      await unpack(plain, files, '/', (file) => entries.set(file.path, file));
      return new BuildContext(files, entries);
    } catch (error) {
      await removeFolder(files.root);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Digest of all that lies at a path: names, modes and bytes, not times. */
  digest(file: string): string {
    const below = file === '/' ? '/' : `${file}/`;
    const digest = createHash('sha256');
    const lines = [...this.#entries.values()]
      .filter((entry) => entry.path === file || entry.path.startsWith(below))
      .map((entry) => JSON.stringify([entry.path.slice(file.length), entry.type, entry.mode, entry.sha256]));
    return digest.update(lines.sort().join('\n')).digest('hex');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeFolder(this.files.root);
  }
}

/** The archive itself, or what is in it when it is compressed by gzip. */
async function unzipped(archive: Readable): Promise<Readable> {
  const first = await new Promise<Buffer | null>((resolve, reject) => {
    const look = () => {
      const chunk = archive.read() as Buffer | null;
      if (chunk === null && !archive.readableEnded) archive.once('readable', look);
      else resolve(chunk);
    };
    archive.once('error', reject);
    archive.once('end', () => resolve(null));
    look();
  });
  if (first === null) return archive;
  archive.unshift(first);
  return first.length > 1 && first.readUInt16BE(0) === GZIP_MAGIC ? archive.pipe(createGunzip()) : archive;
}
