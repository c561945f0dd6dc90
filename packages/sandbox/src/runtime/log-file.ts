import { closeSync, openSync, read, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { LogRecord } from '../ports/container-engine.ts';

const readFrom = promisify(read);

/** How much is read from a file at once. */
const CHUNK_BYTES = 64 * 1024;
/** So far apart are the places that are known without reading what is before them. */
const MARK_EVERY_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A place between two records. */
interface Mark {
  readonly at: number;
  /** Of the last record before. */
  readonly time: string;
  /** Records before. */
  readonly records: number;
}

/** What is wanted of a file. */
export interface Wanted {
  /** No record that is older need come, RFC 3339 with nine digits after the second: it saves reading. */
  readonly since?: string | undefined;
  /** So many of the last records of now, and what comes. */
  readonly last?: number | undefined;
}

/** Where to begin reading. */
export interface ReadStart {
  readonly at: number;
  /** How many records after that place are not wanted. */
  readonly skip: number;
}

/** One file of a log of Docker's json-file driver. */
export class LogFile {
  /** Where it is, as long as it is there. */
  path: string;
  #fd: number | undefined;
  #bytes = 0;
  #records = 0;
  readonly #marks: Mark[] = [{ at: 0, time: '', records: 0 }];

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'a', 0o640);
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(records: readonly LogRecord[]): void {
    if (this.#fd === undefined) return;
    const lines = records.map(({ bytes, stream, time }) =>
      JSON.stringify({ log: bytes.toString('utf8'), stream, time }),
    );
    this.#bytes += writeSync(this.#fd, `${lines.join('\n')}\n`);
    this.#records += records.length;
    if (this.#bytes - (this.#marks.at(-1)?.at ?? 0) < MARK_EVERY_BYTES) return;
    this.#marks.push({ at: this.#bytes, time: records.at(-1)?.time ?? '', records: this.#records });
  }

  startOf({ since = '', last = this.#records }: Wanted): ReadStart {
    const first = Math.max(0, this.#records - last);
    const bySince = this.#marks.findLastIndex(({ time }) => time < since);
    const byNumber = this.#marks.findLastIndex(({ records }) => records <= first);
    const mark = this.#marks[Math.max(0, bySince, byNumber)];
    return mark === undefined ? { at: 0, skip: 0 } : { at: mark.at, skip: Math.max(0, first - mark.records) };
  }

  /** Reads on, whatever becomes of its name meanwhile. */
  open(): LogFileReader {
    return new LogFileReader(this);
  }

  /** Nothing more is written to it. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** One who reads a file. */
export class LogFileReader implements Disposable {
  readonly #fd: number;

  constructor({ path }: LogFile) {
    this.#fd = openSync(path, 'r');
  }

  /** The records of a range, which begins and ends between two, many at a time. */
  async *records(start: number, end: number): AsyncGenerator<LogRecord[]> {
    let held: Buffer = Buffer.alloc(0);
    for (let at = start; at < end; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at));
      const { bytesRead } = await readFrom(this.#fd, chunk, 0, chunk.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = Buffer.concat([held, chunk.subarray(0, bytesRead)]);
      const whole = bytes.lastIndexOf(NEWLINE) + 1;
      held = bytes.subarray(whole);
      if (whole > 0)
        yield bytes
          .toString('utf8', 0, whole - 1)
          .split('\n')
          .flatMap(recordOf);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** What is no record is passed over, as the kubelet does: somebody may have emptied the file. */
function recordOf(line: string): LogRecord[] {
  try {
    const { log, stream, time } = JSON.parse(line) as { log: string; stream: LogRecord['stream']; time: string };
    return [{ time, stream, bytes: Buffer.from(log) }];
  } catch {
    return [];
  }
}
