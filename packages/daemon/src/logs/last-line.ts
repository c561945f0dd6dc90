import type { StampedLines } from '../log-store/log-writer.ts';
import { type LineKey, lineKey } from './line-overlap.ts';

/** Longer than what a runtime keeps together of a line, with its stamp: the kubelet answers with the last such record. */
const MOST_RECORD_BYTES = 32 * 1024;
const LINE_FEED = 0x0a;

/** The last line that a stream has told. */
export class LastLine {
  #key: LineKey | undefined;
  /** Its end: as much as a runtime keeps together. */
  #bytes: Buffer = Buffer.alloc(0);
  #atMs = Number.POSITIVE_INFINITY;

  /** @param key of the last that was told before this stream */
  constructor(key: LineKey | undefined) {
    this.#key = key;
  }

  get key(): LineKey | undefined {
    return this.#key;
  }

  /** Time of its stamp, ms since the epoch; infinite where this stream has told none. */
  get atMs(): number {
    return this.#atMs;
  }

  take({ payload, lastMs }: StampedLines): void {
    const last = payload.subarray(payload.lastIndexOf(LINE_FEED, payload.length - 2) + 1);
    this.#key = lineKey(last);
    this.#bytes = Buffer.from(last.subarray(-MOST_RECORD_BYTES)); // not a view: it would keep the whole chunk
    this.#atMs = lastMs;
  }

  /**
   * Whether a line of the log, or the last of the records that it is kept as, is where the stream is.
   *
   * @param rest what the stream has told after its last line feed
   */
  is(line: Buffer, rest: Buffer): boolean {
    if (lineKey(line) === this.#key) return true;
    const told = rest.length > 0 ? rest : withoutFeed(this.#bytes);
    const text = withoutFeed(line);
    return told.length >= text.length && told.subarray(told.length - text.length).equals(text);
  }
}

function withoutFeed(line: Buffer): Buffer {
  return line.at(-1) === LINE_FEED ? line.subarray(0, -1) : line;
}
