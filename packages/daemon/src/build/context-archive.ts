import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { type Header, type Pack, pack } from 'tar-stream';
import { type ContextEntry, contentHash } from '../watch/scan-context.ts';

/** Name under which a Dockerfile is sent that is outside the context or ignored in it. */
const SEPARATE_DOCKERFILE = '.devloop.Dockerfile';
/** Files up to this size are read whole, which is quicker than a stream. */
const SMALL_FILE_BYTES = 256 * 1024;
/** Codes with which reading a file fails that is gone, or is a folder by now. */
const GONE_CODES = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

type EntryHeader = Partial<Header> & { readonly name: string };

export interface ContextArchive {
  /** The tar stream; begins to read files when it is read. */
  readonly stream: Pack;
  /** The Dockerfile's name inside the archive. */
  readonly dockerfile: string;
}

/**
 * Packs a context as the engine wants it. Each file is hashed again while it is sent: when it is no longer what was
 * scanned, the stream fails, so that an image never holds other content than its fingerprint says.
 */
export function packContext(
  context: string,
  entries: readonly ContextEntry[],
  dockerfile: { readonly path: string; readonly text: string },
): ContextArchive {
  const relative = path.relative(context, dockerfile.path).split(path.sep).join('/');
  // A link may lead out of the context, where the engine cannot follow; its text is sent instead.
  const inside = entries.some((entry) => entry.path === relative && entry.kind === 'file');
  const archive = pack();
  writeEntries(archive, context, entries)
    .then(async () => {
      if (!inside) await addEntry(archive, { name: SEPARATE_DOCKERFILE }, dockerfile.text);
      archive.finalize();
    })
    .catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return { stream: archive, dockerfile: inside ? relative : SEPARATE_DOCKERFILE };
}

async function writeEntries(archive: Pack, context: string, entries: readonly ContextEntry[]): Promise<void> {
  for (const entry of entries) {
    const header = { name: entry.path, mode: entry.mode, mtime: new Date(entry.mtimeMs) };
    if (entry.kind === 'folder') await addEntry(archive, { ...header, type: 'directory' });
    else if (entry.kind === 'link')
      await addEntry(archive, { ...header, type: 'symlink', linkname: entry.target ?? '' });
    else await writeFile(archive, path.join(context, entry.path), entry, { ...header, size: entry.size });
  }
}

async function writeFile(archive: Pack, file: string, entry: ContextEntry, header: EntryHeader): Promise<void> {
  if (entry.size <= SMALL_FILE_BYTES) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw translateReadError(error, file);
    });
    if (contentHash().update(bytes).digest('hex') !== entry.hash) throw changed(file);
    await addEntry(archive, header, bytes);
  } else {
    await pipeline(verified(file, entry), heard(archive.entry(header)));
  }
}

function addEntry(archive: Pack, header: EntryHeader, content: Buffer | string = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    heard(archive.entry(header, content, (error) => (error ? reject(error) : resolve())));
  });
}

/** When an archive is given up, its open entry fails too, and an error that nobody listens for ends the daemon. */
function heard<T extends NodeJS.EventEmitter>(entry: T): T {
  entry.on('error', () => undefined);
  return entry;
}

/**
 * A file's bytes; fails at the end, before the archive is whole, when they are not what was scanned. Errors are
 * translated in here because the archive fails with whatever its entry fails with first.
 */
async function* verified(file: string, entry: ContextEntry): AsyncGenerator<Buffer> {
  const hash = contentHash();
  let sent = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      sent += chunk.length;
      if (sent > entry.size) throw changed(file);
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw translateReadError(error, file);
  }
  if (sent !== entry.size || hash.digest('hex') !== entry.hash) throw changed(file);
}

function translateReadError(error: unknown, file: string): unknown {
  return error instanceof Error && 'code' in error && GONE_CODES.has(String(error.code)) ? changed(file) : error;
}

function changed(file: string): DevloopError {
  return new DevloopError(
    'build/context-changed',
    `${file} changed while it was being sent to the build.`,
    'Nothing to do: the newer content is built next.',
  );
}
