import { crc32 } from 'node:zlib';

/**
 * What a segment of a log is made of, one block after the other:
 *
 *     0 magic · 4 payload bytes · 8 CRC-32 of all that follows · 12 kind · 13 flags · 16 source · 20 lines
 *     24 earliest ms · 32 latest ms · 40 payload
 *
 * A block is whole or not there: one that was cut off by an end by force has a wrong length or a wrong sum.
 */
export interface LogBlock {
  readonly kind: BlockKind;
  /** Number of the source within its segment, which a block of kind `source` has introduced. */
  readonly source: number;
  /** Lines that end in the payload. */
  readonly lines: number;
  /** Time of the earliest and of the latest line, ms since the epoch. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Whether the last line is longer than a block may be, and goes on in the next block of the source. */
  readonly isCut: boolean;
  /** Whether the first line goes on from the block of the source before. It begins with the line's stamp all the same. */
  readonly isContinued: boolean;
  /** `lines`: stamped lines, each with its line feed unless cut; else JSON. */
  readonly payload: Buffer;
}

/**
 * `source` introduces a source to its segment, and says when its last line before was. `complete`: all that it said is
 * stored, as far as it can be had. `end`: nothing more will come of it.
 */
export type BlockKind = 'source' | 'lines' | 'gap' | 'end' | 'complete';

const KINDS: readonly BlockKind[] = ['source', 'lines', 'gap', 'end', 'complete'];
/** Flags. */
const [CUT, CONTINUED] = [1, 2];
const MAGIC = 0x314c4244;
export const HEADER_BYTES = 40;
/** A length beyond this is no length but damage. */
export const MOST_PAYLOAD_BYTES = 4 * 1024 * 1024;

export function encodeBlock(block: LogBlock): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + block.payload.length);
  bytes.fill(0, 0, HEADER_BYTES);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(block.payload.length, 4);
  bytes.writeUInt8(KINDS.indexOf(block.kind), 12);
  bytes.writeUInt8((block.isCut ? CUT : 0) | (block.isContinued ? CONTINUED : 0), 13);
  bytes.writeUInt32LE(block.source, 16);
  bytes.writeUInt32LE(block.lines, 20);
  bytes.writeDoubleLE(block.firstMs, 24);
  bytes.writeDoubleLE(block.lastMs, 32);
  block.payload.copy(bytes, HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(12)), 8);
  return bytes;
}

/** How many bytes the block at `at` takes; `damaged` where none begins there; undefined where more bytes must tell. */
export function blockLength(bytes: Buffer, at: number): number | 'damaged' | undefined {
  if (bytes.length - at < HEADER_BYTES) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  if (bytes.readUInt32LE(at) !== MAGIC || length > MOST_PAYLOAD_BYTES) return 'damaged';
  return HEADER_BYTES + length;
}

/** The block at `at`, of which all bytes are there; undefined where its sum is wrong. The payload is not copied. */
export function decodeBlock(bytes: Buffer, at: number): LogBlock | undefined {
  const end = at + HEADER_BYTES + bytes.readUInt32LE(at + 4);
  const kind = KINDS[bytes.readUInt8(at + 12)];
  if (kind === undefined || crc32(bytes.subarray(at + 12, end)) !== bytes.readUInt32LE(at + 8)) return undefined;
  return {
    kind,
    isCut: (bytes.readUInt8(at + 13) & CUT) !== 0,
    isContinued: (bytes.readUInt8(at + 13) & CONTINUED) !== 0,
    source: bytes.readUInt32LE(at + 16),
    lines: bytes.readUInt32LE(at + 20),
    firstMs: bytes.readDoubleLE(at + 24),
    lastMs: bytes.readDoubleLE(at + 32),
    payload: bytes.subarray(at + HEADER_BYTES, end),
  };
}
