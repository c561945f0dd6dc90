import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  createReadStream,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import type { Place, RootFiles } from './root-files.ts';

/** What was unpacked at a path. */
export interface UnpackedFile {
  /** Below the root, absolute, without links. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  /** Of a file's bytes, of a link's target; empty for folders. */
  readonly sha256: string;
}

/**
 * Unpacks a tar below a folder of a root. Names, links and hard links of the archive lead nowhere outside the root.
 * Devices and pipes are left out; owners are not kept, as there is one user.
 *
 * @throws Error when the archive is broken
 */
export async function unpack(
  archive: Readable,
  files: RootFiles,
  folder: string,
  unpacked: (file: UnpackedFile) => void = () => undefined,
): Promise<void> {
  const entries = extract();
  const fed = pipeline(archive, entries);
  fed.catch(() => undefined); // the loop below throws the same
  for await (const entry of entries) {
    const file = await unpackEntry(entry.header, entry as unknown as AsyncIterable<Buffer>, files, folder);
    if (file !== undefined) unpacked(file);
    entry.resume();
  }
  await fed;
}

/** A tar of what is at a path: of a folder all below it, with its own name first, as `docker cp` wants it. */
export function packPath(files: RootFiles, file: string): Pack {
  const archive = pack();
  const write = async () => {
    const name = path.posix.basename(path.posix.normalize(file)) || '.';
    await packEntry(archive, files, file, name);
    archive.finalize();
  };
  write().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return archive;
}

async function unpackEntry(
  header: Header,
  content: AsyncIterable<Buffer>,
  files: RootFiles,
  folder: string,
): Promise<UnpackedFile | undefined> {
  // Joined at the root first, so that `..` of the archive stays below the folder.
  const name = path.posix.join(folder, path.posix.join('/', header.name));
  const mode = (header.mode ?? 0o644) & 0o7777;
  using place = files.place(name, { follow: false, makeFolders: true });
  const told = { path: place.inRoot, mode };
  switch (header.type) {
    case 'directory': {
      if (place.inRoot === '/') return undefined;
      makeRoom(place, true);
      chmodSync(place.path, mode);
      return { ...told, type: 'directory', sha256: '' };
    }
    case 'file':
    case 'contiguous-file': {
      makeRoom(place, false);
      const sha256 = await writeFile(place, content, mode);
      touch(place, header);
      return { ...told, type: 'file', sha256 };
    }
    case 'symlink': {
      makeRoom(place, false);
      symlinkSync(header.linkname ?? '', place.path);
      touch(place, header);
      return {
        ...told,
        type: 'symlink',
        sha256: hash()
          .update(header.linkname ?? '')
          .digest('hex'),
      };
    }
    case 'link': {
      const linked = path.posix.join(folder, path.posix.join('/', header.linkname ?? ''));
      using of = files.place(linked, { follow: false });
      if (of.inRoot === place.inRoot) return undefined;
      makeRoom(place, false);
      linkSync(of.path, place.path);
      return { ...told, type: 'file', sha256: hash().update(`link ${of.inRoot}`).digest('hex') };
    }
    default:
      return undefined;
  }
}

/** Takes away what is at a place, unless both are folders. */
export function makeRoom(place: Place, forFolder: boolean): void {
  const stats = lstatSync(place.path, { throwIfNoEntry: false });
  if (stats !== undefined && !(forFolder && stats.isDirectory())) rmSync(place.path, { recursive: true });
  if (forFolder && !stats?.isDirectory()) mkdirSync(place.path);
}

async function writeFile(place: Place, content: AsyncIterable<Buffer>, mode: number): Promise<string> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = openSync(place.path, flags, 0o600);
  const digest = hash();
  try {
    for await (const chunk of content) {
      digest.update(chunk);
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    }
  } finally {
    closeSync(fd);
  }
  chmodSync(place.path, mode);
  return digest.digest('hex');
}

function touch(place: Place, header: Header): void {
  if (header.mtime !== undefined) lutimesSync(place.path, header.mtime, header.mtime);
}

async function packEntry(archive: Pack, files: RootFiles, file: string, name: string): Promise<void> {
  using place = files.place(file, { follow: false });
  const stats = lstatSync(place.path);
  const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isSymbolicLink()) {
    archive.entry({ ...header, type: 'symlink', linkname: readlinkSync(place.path) });
  } else if (stats.isDirectory()) {
    archive.entry({ ...header, name: `${name}/`, type: 'directory' });
    for (const child of readdirSync(place.path).sort()) {
      await packEntry(archive, files, path.posix.join(file, child), `${name}/${child}`);
    }
  } else if (stats.isFile()) {
    const entry = archive.entry({ ...header, type: 'file', size: stats.size });
    const content = createReadStream(place.path, { start: 0, end: Math.max(stats.size - 1, 0) });
    if (stats.size === 0) entry.end(Buffer.alloc(0));
    else await pipeline(content, entry as unknown as Writable);
  }
}

function hash(): Hash {
  return createHash('sha256');
}
