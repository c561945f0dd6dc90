import type { LogRecord } from '../ports/container-engine.ts';

export interface LogLine {
  readonly time: string;
  readonly stream: LogRecord['stream'];
  /** With its newline, where it has one. */
  readonly bytes: Buffer;
}

const NEWLINE = 0x0a;

/** Whole lines out of pieces of output, each stream by itself; a line has the time of its last piece. */
export class LogLines {
  readonly #open = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #times = { stdout: '', stderr: '' };

  *push({ time, stream, bytes }: LogRecord): Generator<LogLine> {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      const piece = bytes.subarray(from, end + 1);
      const begun = this.#open[stream];
      from = end + 1;
      yield { time, stream, bytes: begun.length === 0 ? piece : Buffer.concat([...begun.splice(0), piece]) };
    }
    if (from < bytes.length) {
      this.#open[stream].push(bytes.subarray(from));
      this.#times[stream] = time;
    }
  }

  /** What was begun and not ended. */
  *end(): Generator<LogLine> {
    for (const stream of ['stdout', 'stderr'] as const) {
      const begun = this.#open[stream].splice(0);
      if (begun.length > 0) yield { time: this.#times[stream], stream, bytes: Buffer.concat(begun) };
    }
  }
}
