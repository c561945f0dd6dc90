import { renameSync, unlinkSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { LogRecord } from '../ports/container-engine.ts';
import { nowNano, rfc3339Nano } from './clock.ts';
import { LogFile, type Wanted } from './log-file.ts';

/** Longer lines are told in pieces, as Docker's log copier does. */
const MAX_RECORD_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

export interface ReadOptions extends Wanted {
  /** Whether what is written later is read too, until {@link JsonLog.end}. */
  readonly follow: boolean;
  /**
   * Which files are read: all that are kept, as Docker does, or as the kubelet does the one that is written to. Who
   * follows goes from one that was rotated to the one that is written to then, whatever was in between.
   */
  readonly files: 'all' | 'newest';
  readonly signal: AbortSignal;
}

/** What a container wrote, as lines of Docker's json-file log driver. */
export class JsonLog implements Disposable {
  readonly #path: string;
  /** Oldest first; the last one is written to. */
  #files: [LogFile, ...LogFile[]];
  #ended = false;
  #lastTime = '';
  /** Times that something was written, or it ended. */
  #changes = 0;
  /** Told of the next of them. */
  readonly #waiting = new Set<() => void>();

  constructor(path: string) {
    this.#path = path;
    this.#files = [new LogFile(path)];
  }

  /** Takes down what a stream says until it ends. A last line without newline is told at the end. */
  async capture(stream: Readable, name: LogRecord['stream']): Promise<void> {
    let held = Buffer.alloc(0);
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        const { records, rest } = splitRecords(bytes);
        this.#append(records, name);
        held = Buffer.from(rest);
      }
    } finally {
      if (held.length > 0) this.#append([held], name);
    }
  }

  /** Of the newest record; empty where there is none. */
  get lastTime(): string {
    return this.#lastTime;
  }

  /** More will be written, after an {@link end}. */
  begin(): void {
    this.#ended = false;
  }

  /** Nothing more will be written: who follows is told all of it, and no more. */
  end(): void {
    this.#ended = true;
    this.#tell();
  }

  /**
   * Begins another file, as Docker does when one has reached its greatest size: the older ones get the next number. With
   * `max-file` 1, Docker keeps one older file all the same.
   *
   * @param maxFiles Docker's `max-file`
   */
  rotate(maxFiles: number): void {
    const kept = Math.max(2, maxFiles);
    this.#newest.close();
    while (this.#files.length >= kept) unlinkSync(this.#files.shift()?.path ?? '');
    const older = this.#files.map((file, index) => ({ file, number: this.#files.length - index }));
    for (const { file, number } of older) {
      const path = `${this.#path}.${number}`;
      renameSync(file.path, path);
      file.path = path;
    }
    this.#files.push(new LogFile(this.#path));
    this.#tell();
  }

  /** What is wanted, many records at a time. */
  async *read({ follow, files, signal, ...wanted }: ReadOptions): AsyncGenerator<LogRecord[]> {
    let file = files === 'all' ? this.#files[0] : this.#newest;
    let { at, skip } = file.startOf(wanted);
    for (; !signal.aborted; at = 0) {
      using reader = file.open();
      for (;;) {
        const seen = this.#changes;
        const [ended, until] = [this.#ended, file.bytes];
        for await (const records of reader.records(at, until)) {
          if (skip < records.length) yield records.slice(skip);
          skip = Math.max(0, skip - records.length);
        }
        at = until;
        if (signal.aborted) return;
        if (at < file.bytes) continue;
        if (file !== this.#newest) break;
        if (!follow || ended) return;
        if (this.#changes === seen) await this.#change(signal);
      }
      if (!follow && files === 'newest') return;
      file = files === 'newest' ? this.#newest : (this.#files[this.#files.indexOf(file) + 1] ?? this.#newest);
    }
  }

  [Symbol.dispose](): void {
    this.end();
    this.#newest.close();
  }

  get #newest(): LogFile {
    return this.#files.at(-1) ?? this.#files[0];
  }

  #append(pieces: readonly Buffer[], stream: LogRecord['stream']): void {
    if (pieces.length === 0) return;
    const records = pieces.map((bytes): LogRecord => {
      this.#lastTime = rfc3339Nano(nowNano());
      return { bytes, stream, time: this.#lastTime };
    });
    this.#newest.append(records);
    this.#tell();
  }

  #tell(): void {
    this.#changes += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves with the next change, or when the signal is aborted. Leaves nothing with either, however often it is asked. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** Whole lines, and pieces of lines that are too long. Pure. */
export function splitRecords(bytes: Buffer): { records: Buffer[]; rest: Buffer } {
  const records: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (end - at > MAX_RECORD_BYTES) records.push(bytes.subarray(at, at + MAX_RECORD_BYTES));
    else if (newline === -1) break;
    else records.push(bytes.subarray(at, end));
    at += records.at(-1)?.length ?? 0;
  }
  return { records, rest: bytes.subarray(at) };
}
