import type { LogOrigin } from './log-entry.ts';

/** The most that one chunk holds. */
const MOST = { lines: 512, bytes: 64 * 1024 };
/** What the first chunk of an origin holds; each further one twice as much, up to the most. */
const FEWEST = { lines: 16, bytes: 2 * 1024 };
/** Bytes of UTF-8 that a UTF-16 code unit takes at most. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * Some lines of one origin that follow each other, as bytes and numbers and not as an object a line: ten thousand lines
 * come a second, and stay; as objects they would be what the garbage collector is busy with.
 */
export class LogChunk {
  readonly origin: LogOrigin;
  /** Number of its first line in the origin. */
  readonly firstSeq: number;
  readonly #bytes: Buffer;
  /** Where each text ends in the bytes. */
  readonly #ends: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Microseconds since 1970, rising. */
  readonly times: Float64Array;
  /** As `times`, as they were told; NaN where nobody knows. */
  readonly told: Float64Array;
  /** What is found out about a line when somebody looks; -1: not looked for yet. See `LogReader`. */
  readonly ranks: Int8Array;
  readonly passed: Int8Array;
  readonly passedFrom: Int32Array;
  readonly printable: Int8Array;
  #count = 0;

  private constructor(origin: LogOrigin, firstSeq: number, lines: number, bytes: number) {
    this.origin = origin;
    this.firstSeq = firstSeq;
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
    this.#ends = new Uint32Array(lines);
    this.#lengths = new Uint32Array(lines);
    this.times = new Float64Array(lines);
    this.told = new Float64Array(lines);
    this.ranks = new Int8Array(lines).fill(-1);
    this.passed = new Int8Array(lines).fill(-1);
    this.passedFrom = new Int32Array(lines);
    this.printable = new Int8Array(lines).fill(-1);
  }

  /** The chunk after `before` in its origin, with room for at least this text. */
  static after(before: LogChunk | undefined, origin: LogOrigin, firstSeq: number, text: string): LogChunk {
    const lines = before === undefined ? FEWEST.lines : Math.min(MOST.lines, before.#ends.length * 2);
    const bytes = before === undefined ? FEWEST.bytes : Math.min(MOST.bytes, before.#bytes.length * 2);
    return new LogChunk(origin, firstSeq, lines, Math.max(bytes, Buffer.byteLength(text)));
  }

  /** Adds a line; undefined where there is no room for it. */
  add(time: number, told: number, text: string): number | undefined {
    const place = this.#count;
    const start = this.#startOf(place);
    const room = this.#bytes.length - start;
    if (place === this.#ends.length) return undefined;
    if (text.length * MOST_BYTES_PER_UNIT > room && Buffer.byteLength(text) > room) return undefined;
    this.#ends[place] = start + this.#bytes.write(text, start);
    this.#lengths[place] = text.length;
    this.times[place] = time;
    this.told[place] = told;
    this.#count += 1;
    return place;
  }

  /** UTF-16 code units of the text. */
  length(place: number): number {
    return this.#lengths[place] as number;
  }

  /** The text; half a character in it has become U+FFFD. */
  text(place: number): string {
    const start = this.#startOf(place);
    const end = this.#ends[place] as number;
    // as many bytes as characters: ASCII, which is read faster
    return this.#bytes.toString(end - start === this.#lengths[place] ? 'latin1' : 'utf8', start, end);
  }

  #startOf(place: number): number {
    return place === 0 ? 0 : (this.#ends[place - 1] as number);
  }
}
