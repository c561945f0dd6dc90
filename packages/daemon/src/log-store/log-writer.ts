import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { Bell } from '../support/bell.ts';
import { type BlockKind, encodeBlock, type LogBlock } from './log-block.ts';
import type { StoredGap, StoredSource } from './log-source.ts';
import { type KnownSource, newSegment, type Recovered, recover, type Segment } from './open-segment.ts';
import { listSegments, makeLogFolder, segmentPath, sizeOf } from './segment-files.ts';

/** A segment is an eighth of the budget, so that dropping the oldest takes little, and at most this. */
const MOST_SEGMENT_BYTES = 4 * 1024 * 1024;
const SEGMENTS_IN_BUDGET = 8;
/** Who appends is asked to wait while more than this is not on the disk yet. */
const MOST_WAITING_BYTES = 512 * 1024;

/** A place in a service's log. */
export interface LogPlace {
  /** Number of the segment. */
  readonly segment: number;
  readonly offset: number;
}

/** Whole lines as they came, each with the time stamp that it begins with. */
export interface StampedLines {
  readonly payload: Buffer;
  /** How many lines end in the payload. */
  readonly lines: number;
  /** Times of the first and of the last, ms since the epoch. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Whether the last line is longer than a block may be: it has no line feed, and goes on in the next block. */
  readonly isCut: boolean;
  /** Whether the first line goes on from a cut one, whose stamp it begins with. */
  readonly isContinued: boolean;
}

export interface LogWriterOptions {
  readonly folder: string;
  /** How many bytes the log may take on the disk. */
  readonly budgetBytes: number;
  /** Told each time that nothing could be written; it is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Resolves when writing is to be tried again after a failure; rejects when the signal is aborted first. */
  readonly retry: (signal: AbortSignal) => Promise<void>;
  /** Told each time that something was written. */
  readonly onWritten?: () => void;
}

/** A source from which more may come. */
export interface OpenSource {
  readonly source: StoredSource;
  /** Time of its last line, ms since the epoch; -Infinity where there is none. */
  readonly lastMs: number;
  /** Whether it was said that all of it is stored. */
  readonly isComplete: boolean;
}

/** A block that waits to be written, and the segment that it belongs to. */
interface Waiting {
  readonly segment: Segment;
  readonly bytes: Buffer;
}

/**
 * Appends to the log of one service, in segments, of which the oldest is dropped where the budget is exceeded. There is
 * one writer of a folder at a time: the daemon has the project's lock.
 */
export class LogWriter implements AsyncDisposable {
  /** Rung when more is to be read. */
  readonly changed = new Bell();
  readonly folder: string;
  budgetBytes: number;
  readonly #options: LogWriterOptions;
  /** Sources from which more may come, by their JSON. */
  readonly #sources: Map<string, KnownSource>;
  readonly #ended = new AbortController();
  /** Rung when something was written, or nothing more will be. */
  readonly #progress = new Bell();
  /** Segments before the one that is written to, oldest first. */
  readonly #full: { path: string; size: number }[];
  /** What is appended goes here; `#written` is the one that the file is of, which may be one before. */
  #segment: Segment;
  #written: Segment;
  #file: FileHandle | undefined;
  /** Whether the file may have more than was written whole. */
  #isTorn = false;
  #committed: LogPlace;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Since the beginning. */
  #appendedBytes = 0;
  #writtenBytes = 0;
  #flushing: Promise<void> | undefined;

  private constructor(options: LogWriterOptions, full: { path: string; size: number }[], last: Recovered) {
    this.folder = options.folder;
    this.budgetBytes = options.budgetBytes;
    this.#options = options;
    this.#full = full;
    this.#sources = last.sources;
    this.#segment = last.segment;
    this.#written = last.segment;
    this.#committed = { segment: last.segment.number, offset: last.segment.size };
  }

  /** Opens the log of a service, and makes it where there is none. What was torn by an end by force is cut off. */
  static async open(options: LogWriterOptions): Promise<LogWriter> {
    await makeLogFolder(options.folder);
    const segments = await listSegments(options.folder);
    const last = segments.at(-1);
    const isOpen = last !== undefined && last.range === undefined;
    const full = await Promise.all(
      (isOpen ? segments.slice(0, -1) : segments).map(async ({ path }) => ({ path, size: (await sizeOf(path)) ?? 0 })),
    );
    if (last === undefined) return new LogWriter(options, full, { segment: newSegment(1), sources: new Map() });
    const recovered = await recover(last);
    if (isOpen) return new LogWriter(options, full, recovered);
    // it ended between two segments: what the last one says of its sources counts for the next
    const next = { segment: newSegment(last.number + 1), sources: recovered.sources };
    return new LogWriter(options, full, next);
  }

  /** Up to where the log can be read. */
  get committed(): LogPlace {
    return this.#committed;
  }

  /** Whether {@link drained} would wait. */
  get isFull(): boolean {
    return this.#waitingBytes > MOST_WAITING_BYTES;
  }

  /** Sources that have not been said to have ended. */
  get open(): OpenSource[] {
    return [...this.#sources].map(([key, { lastMs, isComplete }]) => ({
      source: JSON.parse(key) as StoredSource,
      lastMs,
      isComplete,
    }));
  }

  /** Time of the last line of a source, ms since the epoch; undefined where there is none. */
  lastMsOf(source: StoredSource): number | undefined {
    const lastMs = this.#sources.get(JSON.stringify(source))?.lastMs;
    return lastMs === Number.NEGATIVE_INFINITY ? undefined : lastMs;
  }

  /** Appends lines of a source. Who has many awaits {@link drained} before the next. */
  append(source: StoredSource, lines: StampedLines): void {
    this.#append(source, { kind: 'lines', ...lines });
  }

  /** Says that lines of a source are missing here. */
  appendGap(source: StoredSource, gap: StoredGap, atMs: number): void {
    this.#append(source, mark('gap', atMs, JSON.stringify(gap)));
  }

  /** Says that all that a source has said is stored, as far as it can be had. */
  complete(source: StoredSource, atMs: number): void {
    const known = this.#sources.get(JSON.stringify(source));
    if (known === undefined || known.isComplete) return; // it has said nothing, or that was said
    this.#append(source, mark('complete', atMs, ''));
    known.isComplete = true;
  }

  /** Says that nothing more will come of a source. */
  end(source: StoredSource, atMs: number): void {
    const key = JSON.stringify(source);
    if (!this.#sources.has(key)) return;
    this.#append(source, mark('end', atMs, ''));
    this.#sources.delete(key);
  }

  /** Resolves when there is room for more. Rejects with the signal's reason when it is aborted first. */
  async drained(signal: AbortSignal): Promise<void> {
    if (this.isFull) await this.#progress.until(() => (this.isFull ? undefined : true), signal);
  }

  /**
   * Resolves when everything that has been appended until now is on the disk, or was given up with the end of the
   * writer. What is appended meanwhile is not waited for: in a flood there is always more.
   */
  async flushed(): Promise<void> {
    const goal = this.#appendedBytes;
    const isThere = () => (this.#writtenBytes >= goal || this.#flushing === undefined ? true : undefined);
    await this.#progress.until(isThere, new AbortController().signal);
  }

  /** Writes what waits, unless the disk takes nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error('the log was closed'));
    await this.flushed();
    await this.#file?.close();
    this.#file = undefined;
  }

  #append(source: StoredSource, block: Omit<LogBlock, 'source'>): void {
    const key = JSON.stringify(source);
    const known = this.#sources.get(key) ?? this.#newSource(key);
    const bytes = encodeBlock({ ...block, source: known.number });
    if (this.#segment.size > 0 && this.#segment.size + bytes.length > this.#segmentBytes) this.#beginSegment();
    if (!this.#segment.declared.has(known.number)) this.#introduce(key, known);
    if (block.kind === 'lines') {
      known.lastMs = block.lastMs;
      known.isComplete = false;
    }
    this.#segment.firstMs = Math.min(this.#segment.firstMs, block.firstMs);
    this.#segment.lastMs = Math.max(this.#segment.lastMs, block.lastMs);
    this.#enqueue(bytes);
  }

  #newSource(key: string): KnownSource {
    const taken = [...this.#sources.values()].map(({ number }) => number);
    const number = Math.max(0, ...taken, ...this.#segment.declared) + 1;
    const known = { number, lastMs: Number.NEGATIVE_INFINITY, isComplete: false };
    this.#sources.set(key, known);
    return known;
  }

  get #segmentBytes(): number {
    return Math.min(MOST_SEGMENT_BYTES, this.budgetBytes / SEGMENTS_IN_BUDGET);
  }

  /** Every segment introduces all sources from which more may come: the newest tells where each of them was. */
  #beginSegment(): void {
    this.#segment = newSegment(this.#segment.number + 1);
    for (const [key, known] of this.#sources) this.#introduce(key, known);
  }

  #introduce(key: string, known: KnownSource): void {
    this.#segment.declared.add(known.number);
    for (const bytes of introductionOf(key, known)) this.#enqueue(bytes);
  }

  #enqueue(bytes: Buffer): void {
    this.#segment.size += bytes.length;
    this.#waiting.push({ segment: this.#segment, bytes });
    this.#waitingBytes += bytes.length;
    this.#appendedBytes += bytes.length;
    this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    await undefined; // what is appended in one go is written in one go
    try {
      while (this.#waiting[0] !== undefined) {
        const { segment } = this.#waiting[0];
        const other = this.#waiting.findIndex((waiting) => waiting.segment !== segment);
        const together = this.#waiting.slice(0, other === -1 ? undefined : other);
        const bytes = Buffer.concat(together.map((waiting) => waiting.bytes));
        try {
          if (await this.#isRemoved()) {
            await this.#beginAnew();
            continue;
          }
          await this.#write(segment, bytes);
        } catch (error) {
          this.#options.onFailure(error);
          try {
            await this.#options.retry(this.#ended.signal);
          } catch {
            return;
          }
          continue;
        }
        this.#waiting = this.#waiting.slice(together.length);
        this.#waitingBytes -= bytes.length;
        this.#writtenBytes += bytes.length;
        this.#committed = { segment: segment.number, offset: this.#committed.offset + bytes.length };
        this.#options.onWritten?.();
        this.changed.ring();
        this.#progress.ring();
      }
    } finally {
      // in the same step as the last look at what waits: what is appended in between would be left lying
      this.#flushing = undefined;
      this.#progress.ring();
    }
  }

  /** Whether somebody has removed the file that is written to: what goes into it would be gone with it. */
  async #isRemoved(): Promise<boolean> {
    return this.#committed.offset > 0 && (await sizeOf(segmentPath(this.folder, this.#written.number))) === undefined;
  }

  /** What waits for a segment that was removed goes into the next one, which must introduce its sources. */
  async #beginAnew(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#isTorn = false;
    const gone = this.#written;
    const rest = this.#waiting.filter(({ segment }) => segment !== gone);
    const next = rest[0]?.segment ?? newSegment(gone.number + 1);
    const moved = this.#waiting.filter(({ segment }) => segment === gone).map(({ bytes }) => bytes);
    const introductions = [...this.#sources].flatMap(([key, known]) => introductionOf(key, known));
    for (const number of gone.declared) next.declared.add(number);
    next.firstMs = Math.min(next.firstMs, gone.firstMs);
    next.lastMs = Math.max(next.lastMs, gone.lastMs);
    next.size += lengthOf([...introductions, ...moved]);
    this.#waiting = [...[...introductions, ...moved].map((bytes) => ({ segment: next, bytes })), ...rest];
    this.#waitingBytes += lengthOf(introductions);
    this.#writtenBytes -= lengthOf(introductions); // who waits for what was appended did not count them
    if (this.#segment === gone) this.#segment = next;
    this.#written = next;
    this.#committed = { segment: next.number, offset: 0 };
  }

  async #write(segment: Segment, bytes: Buffer): Promise<void> {
    if (segment !== this.#written) await this.#seal(segment);
    if (this.#file === undefined) {
      await makeLogFolder(this.folder); // somebody may have removed it
      this.#file = await open(segmentPath(this.folder, segment.number), 'a', 0o600);
    }
    if (this.#isTorn) await this.#file.truncate(this.#committed.offset);
    this.#isTorn = true;
    let done = 0;
    while (done < bytes.length) done += (await this.#file.write(bytes, done)).bytesWritten;
    this.#isTorn = false;
  }

  /** Ends the segment that was written to, and drops the oldest ones where they are too many. */
  async #seal(next: Segment): Promise<void> {
    if (this.#isTorn) await this.#file?.truncate(this.#committed.offset);
    await this.#file?.close();
    this.#file = undefined;
    this.#isTorn = false;
    const { number, firstMs, lastMs } = this.#written;
    const range = Number.isFinite(firstMs) ? { firstMs, lastMs } : { firstMs: 0, lastMs: 0 }; // nothing but sources
    const sealed = segmentPath(this.folder, number, range);
    await rename(segmentPath(this.folder, number), sealed);
    this.#full.push({ path: sealed, size: this.#committed.offset });
    this.#written = next;
    this.#committed = { segment: next.number, offset: 0 };
    await this.#dropOldest();
  }

  async #dropOldest(): Promise<void> {
    const sizeToBe = () => this.#full.reduce((sum, { size }) => sum + size, this.#segmentBytes);
    for (let oldest = this.#full[0]; oldest !== undefined && sizeToBe() > this.budgetBytes; oldest = this.#full[0]) {
      await unlink(oldest.path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error; // the user may have tidied up
      });
      this.#full.shift();
    }
  }
}

function mark(kind: BlockKind, atMs: number, payload: string): Omit<LogBlock, 'source'> {
  return {
    kind,
    lines: 1,
    firstMs: atMs,
    lastMs: atMs,
    isCut: false,
    isContinued: false,
    payload: Buffer.from(payload),
  };
}

/** What tells a segment of a source, and that it is complete if it is. */
function introductionOf(key: string, { number, lastMs, isComplete }: KnownSource): Buffer[] {
  const block = { kind: 'source', lines: 0, firstMs: lastMs, lastMs, isCut: false, isContinued: false } as const;
  const introduction = encodeBlock({ ...block, source: number, payload: Buffer.from(key) });
  return isComplete ? [introduction, encodeBlock({ ...mark('complete', lastMs, ''), source: number })] : [introduction];
}

function lengthOf(blocks: readonly Buffer[]): number {
  return blocks.reduce((sum, { length }) => sum + length, 0);
}
