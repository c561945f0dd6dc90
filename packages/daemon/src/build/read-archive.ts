import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';

/** What is longer is no file of settings. */
const MOST_BYTES = 1024 * 1024;

/** The text of the one file that an archive holds; undefined where it holds none, or one that is too long to be meant. */
export async function fileInArchive(archive: Readable): Promise<string | undefined> {
  const entries = extract();
  archive.on('error', (error) => entries.destroy(error));
  archive.pipe(entries);
  let text: string | undefined;
  for await (const entry of entries) {
    if (entry.header.type === 'file' && (entry.header.size ?? 0) <= MOST_BYTES && text === undefined) {
      const parts: Uint8Array[] = [];
      for await (const part of entry) parts.push(part as Uint8Array);
      text = Buffer.concat(parts).toString('utf8');
    } else entry.resume();
  }
  return text;
}
