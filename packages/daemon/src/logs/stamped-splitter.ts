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
  /** Whether what comes next goes on with a line that was cut. */
  #isContinued = false;

  constructor(mostLineBytes = MOST_LINE_BYTES) {
    this.#mostLineBytes = mostLineBytes;
  }

  /** What stands after the last line feed so far. */
  get rest(): Buffer {
    return this.#rest;
  }

  push(chunk: Buffer): Piece[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const pieces: Piece[] = [];
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) pieces.push(...this.#pieces(bytes.subarray(0, end)));
    const rest = this.#cut(bytes.subarray(end), pieces);
    this.#rest = Buffer.from(rest); // not a view: it would keep the whole chunk
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
      if (lines > 0) pieces.push(this.#linesPiece(bytes.subarray(start, at), { lastAt: lastAt - start, lines }));
      lines = 0;
    };
    for (let at = 0; at < bytes.length; ) {
      const next = bytes.indexOf(LINE_FEED, at) + 1;
      if (next - at - 1 > this.#mostLineBytes) {
        close(at);
        const last = this.#cut(bytes.subarray(at, next), pieces);
        if (last.length > 0) pieces.push(this.#linesPiece(last, { lastAt: 0, lines: 1 }));
      } else if (isStamped(bytes, at)) {
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

  /**
   * Cuts pieces off a line that is too long, always at the same places, however it came: when it comes again, they are
   * known again.
   *
   * @returns what is left of it
   */
  #cut(line: Buffer, pieces: Piece[]): Buffer {
    let left = line;
    while (left.length - (left.at(-1) === LINE_FEED ? 1 : 0) > this.#mostLineBytes) {
      const stamp = isStamped(left, 0) ? stampOf(left, 0) : undefined;
      if (stamp === undefined) {
        pieces.push({ is: 'remark', text: left.toString('utf8', 0, 200) });
        return Buffer.alloc(0);
      }
      pieces.push(this.#linesPiece(left.subarray(0, this.#mostLineBytes), { lastAt: 0, lines: 0, isCut: true }));
      left = Buffer.concat([Buffer.from(stamp, 'latin1'), left.subarray(this.#mostLineBytes)]);
    }
    return left;
  }

  #linesPiece(payload: Buffer, shape: Omit<Shape, 'isCut' | 'isContinued'> & { isCut?: true }): Piece {
    const { isCut = false } = shape;
    const piece = linesPiece(payload, { ...shape, isCut, isContinued: this.#isContinued });
    this.#isContinued = isCut;
    return piece;
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

/** What is known of lines that follow each other. */
interface Shape extends Pick<StampedLines, 'lines' | 'isCut' | 'isContinued'> {
  /** Where the last line begins. */
  readonly lastAt: number;
}

/** Lines that follow each other, as they are stored. `payload` is not empty. */
export function linesPiece(payload: Buffer, { lastAt, ...shape }: Shape): Piece & { is: 'lines' } {
  const firstMs = timeAt(payload, 0);
  return { is: 'lines', payload, firstMs, lastMs: lastAt === 0 ? firstMs : timeAt(payload, lastAt), ...shape };
}

/** Cuts lines where nothing was said between two of them for so long, or where the clock was set back by as much. */
export function cutAtSilences(piece: Piece, leastMs: number): Piece[] {
  if (piece.is !== 'lines' || piece.lines < 2 || Math.abs(piece.lastMs - piece.firstMs) < leastMs) return [piece];
  const cut: Piece[] = [];
  let [start, lastAt, at, lines] = [0, 0, 0, 0];
  let before = piece.firstMs;
  const close = (end: number) => {
    const payload = piece.payload.subarray(start, end);
    const isContinued = piece.isContinued && start === 0;
    cut.push(linesPiece(payload, { lastAt: lastAt - start, lines, isCut: false, isContinued }));
    start = end;
    lines = 0;
  };
  for (const line of eachLine(piece.payload)) {
    const time = timeAt(line, 0);
    if (Math.abs(time - before) >= leastMs) close(at);
    before = time;
    lastAt = at;
    lines += 1;
    at += line.length;
  }
  close(at);
  return cut;
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

/** Time of the line that begins there, ms since the epoch; now, where its stamp is none. */
export function timeAt(bytes: Buffer, at: number): number {
  const time = Date.parse(stampOf(bytes, at).trimEnd());
  return Number.isNaN(time) ? Date.now() : time;
}
