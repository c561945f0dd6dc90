import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { LogRecord } from '../ports/container-engine.ts';
import { nowNano, rfc3339Nano } from './clock.ts';

/** Longer lines are told in pieces, as Docker's log copier does. */
const MAX_RECORD_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

/** What a container wrote, as lines of Docker's json-file log driver. */
export class JsonLog implements Disposable {
  readonly #file: string;
  readonly #fd: number;
  #bytes = 0;
  #ended = false;
  #lastTime = '';
  #changed = Promise.withResolvers<void>();

  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'a', 0o640);
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

  /** From the first record on; with `follow` until {@link end}. */
  async *read(options: { follow: boolean; signal: AbortSignal }): AsyncGenerator<LogRecord> {
    let at = 0;
    const aborted = new Promise<void>((resolve) => {
      if (options.signal.aborted) resolve();
      else options.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (;;) {
      const changed = this.#changed.promise;
      const ended = this.#ended;
      const until = this.#bytes;
      if (options.signal.aborted) return;
      if (until > at) yield* readRecords(this.#file, at, until);
      at = until;
      if (!options.follow || (ended && at === this.#bytes)) return;
      if (at === this.#bytes) await Promise.race([changed, aborted]);
    }
  }

  [Symbol.dispose](): void {
    this.end();
    closeSync(this.#fd);
  }

  #append(records: readonly Buffer[], stream: LogRecord['stream']): void {
    if (records.length === 0) return;
    const lines = records.map((bytes) => {
      this.#lastTime = rfc3339Nano(nowNano());
      return `${JSON.stringify({ log: bytes.toString('utf8'), stream, time: this.#lastTime })}\n`;
    });
    this.#bytes += writeSync(this.#fd, lines.join(''));
    this.#tell();
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
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

async function* readRecords(file: string, start: number, end: number): AsyncGenerator<LogRecord> {
  let held = '';
  for await (const text of createReadStream(file, { start, end: end - 1, encoding: 'utf8' })) {
    const lines = (held + text).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) {
      const { log, stream, time } = JSON.parse(line) as { log: string; stream: LogRecord['stream']; time: string };
      yield { time, stream, bytes: Buffer.from(log) };
    }
  }
}
