import type { StampedLines } from '../log-store/log-writer.ts';

/** A longer line is stored in pieces of this many bytes, so that no stream can fill the memory. */
const MOST_LINE_BYTES = 1024 * 1024;
/** How a time stamp of the kubelet begins: `2026-01-01T`. */
const STAMP_BYTES = 20;
const [LINE_FEED, SPACE, DASH, LETTER_T] = [0x0a, 0x20, 0x2d, 0x54];

export type Piece =
  | ({ readonly is: 'lines' } & StampedLines)
  /** What the kubelet, and not the container, has said in the midst of the log. */
  | { readonly is: 'remark'; readonly text: string };

/**
 * Cuts the stream of a log, whose lines the kubelet has stamped, where whole lines end. Nothing is decoded: what a
 * container writes may be no text.
 */
export class StampedSplitter {
  readonly #mostLineBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(mostLineBytes = MOST_LINE_BYTES) {
    this.#mostLineBytes = mostLineBytes;
  }

  push(chunk: Buffer): Piece[] {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const pieces: Piece[] = [];
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) pieces.push(...this.#pieces(bytes.subarray(0, end)));
    bytes = bytes.subarray(end);
    while (bytes.length > this.#mostLineBytes) {
      const stamp = isStamped(bytes, 0) ? stampOf(bytes, 0) : undefined;
      if (stamp === undefined) {
        pieces.push({ is: 'remark', text: bytes.toString('utf8', 0, 200) });
        bytes = Buffer.alloc(0);
        break;
      }
      pieces.push(linesPiece(bytes.subarray(0, this.#mostLineBytes), 0, 1, true));
      bytes = Buffer.concat([Buffer.from(stamp, 'latin1'), bytes.subarray(this.#mostLineBytes)]);
    }
    this.#rest = Buffer.from(bytes); // not a view: it would keep the whole chunk
    return pieces;
  }

  /** The last line, where it has no line feed and its container has ended. It gets one. */
  end(): Piece[] {
    if (this.#rest.length === 0) return [];
    const bytes = Buffer.concat([this.#rest, Buffer.from('\n')]);
    this.#rest = Buffer.alloc(0);
    return this.#pieces(bytes);
  }

  /** Of whole lines, those that are stamped, together as far as they follow each other. */
  #pieces(bytes: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    let lastAt = 0;
    let lines = 0;
    const close = (at: number) => {
      if (lines > 0) pieces.push(linesPiece(bytes.subarray(start, at), lastAt - start, lines, false));
      lines = 0;
    };
    for (let at = 0; at < bytes.length; ) {
      const next = bytes.indexOf(LINE_FEED, at) + 1;
      if (isStamped(bytes, at)) {
        if (lines === 0) start = at;
        lastAt = at;
        lines += 1;
      } else {
        close(at);
        pieces.push({ is: 'remark', text: bytes.toString('utf8', at, next).trim() });
      }
      at = next;
    }
    close(bytes.length);
    return pieces;
  }
}

/** The lines of a payload, each with its line feed. */
export function* eachLine(payload: Buffer): Generator<Buffer> {
  for (let at = 0; at < payload.length; ) {
    const found = payload.indexOf(LINE_FEED, at);
    const next = found === -1 ? payload.length : found + 1;
    yield payload.subarray(at, next);
    at = next;
  }
}

/** Lines that follow each other, as they are stored. `payload` is not empty. */
export function linesPiece(payload: Buffer, lastAt: number, lines: number, isCut: boolean): Piece & { is: 'lines' } {
  const firstMs = timeAt(payload, 0);
  return { is: 'lines', payload, lines, firstMs, lastMs: lines === 1 ? firstMs : timeAt(payload, lastAt), isCut };
}

function isStamped(bytes: Buffer, at: number): boolean {
  const looksSo = bytes[at + 4] === DASH && bytes[at + 7] === DASH && bytes[at + 10] === LETTER_T;
  return looksSo && bytes.length - at > STAMP_BYTES;
}

/** The stamp with the space that follows it. */
function stampOf(bytes: Buffer, at: number): string {
  const space = bytes.indexOf(SPACE, at);
  return bytes.toString('latin1', at, space === -1 ? bytes.length : space + 1);
}

function timeAt(bytes: Buffer, at: number): number {
  const time = Date.parse(stampOf(bytes, at).trimEnd());
  return Number.isNaN(time) ? Date.now() : time;
}
