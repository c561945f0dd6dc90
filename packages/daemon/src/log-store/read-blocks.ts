import { type FileHandle, open } from 'node:fs/promises';
import { blockLength, decodeBlock, type LogBlock } from './log-block.ts';

/** How much is read from a file at once. */
const CHUNK_BYTES = 128 * 1024;

/** A block, and where it ends in its file. */
export interface PlacedBlock {
  readonly block: LogBlock;
  readonly end: number;
}

/**
 * The blocks of a file from `start` to `end`, as far as they are whole. The payload is valid until the next block is
 * asked for. Ends quietly at a torn one.
 */
export async function* readBlocks(file: string, start: number, end: number): AsyncGenerator<PlacedBlock> {
  const handle = await open(file, 'r');
  try {
    let bytes: Buffer = Buffer.alloc(0);
    let at = 0;
    let readTo = start;
    for (;;) {
      const length = blockLength(bytes, at);
      if (length === 'damaged') return;
      if (length === undefined || bytes.length - at < length) {
        const wanted = Math.max(CHUNK_BYTES, (length ?? 0) - (bytes.length - at));
        const more = await readSome(handle, readTo, Math.min(wanted, end - readTo));
        if (more.length === 0) return;
        readTo += more.length;
        bytes = at === bytes.length ? more : Buffer.concat([bytes.subarray(at), more]);
        at = 0;
        continue;
      }
      const block = decodeBlock(bytes, at);
      if (block === undefined) return;
      at += length;
      yield { block, end: readTo - (bytes.length - at) };
    }
  } finally {
    await handle.close();
  }
}

async function readSome(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  if (length <= 0) return Buffer.alloc(0);
  const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
