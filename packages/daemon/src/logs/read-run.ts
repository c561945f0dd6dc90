import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { StoredSource } from '../log-store/log-source.ts';
import type { LogWriter, StampedLines } from '../log-store/log-writer.ts';
import { delay } from '../support/delay.ts';
import { instant } from '../support/instant.ts';
import { type LineKey, lineKey } from './line-overlap.ts';
import { openPodLog } from './pod-logs.ts';
import { eachLine, type Piece, StampedSplitter } from './stamped-splitter.ts';
import { type Reopening, reopeningOf } from './stored-overlap.ts';

/** How reading a log has ended: by its end, by a refusal (the pod is gone, or waits), or in the midst. */
export type ReadOutcome =
  | { readonly is: 'ended' | 'broken'; readonly because: string | undefined }
  | { readonly is: 'refused'; readonly status: number; readonly because: string };

export interface RunToRead {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly source: StoredSource;
  /** Whether the log of the run before the present one is asked for. */
  readonly isPrevious: boolean;
  readonly startedAtMs: number | undefined;
}

export interface ReadOptions {
  readonly api: ApiClient;
  readonly writer: LogWriter;
  readonly quiet: QuietTimes;
  /** Ends the reading: the outcome is `broken` then. */
  readonly signal: AbortSignal;
}

/** Lines that come this close together are stored together, unless they are many anyway. */
const TOGETHER_MS = 20;
const TOGETHER_BYTES = 16 * 1024;

/** How long the probe's answer may be ahead of the stream. */
const AHEAD_MS = 1000;

/** When a log that has become quiet is asked whether it really is. */
export class QuietTimes {
  static readonly #LEAST_MS = 2000;
  static readonly #MOST_MS = 300_000;
  #waitMs = QuietTimes.#LEAST_MS;
  #gapMs = 0;
  #heardAt = instant();

  /** Lines have come. */
  heard(): void {
    const now = instant();
    this.#gapMs += (now - this.#heardAt - this.#gapMs) / 8;
    this.#heardAt = now;
    this.#waitMs = Math.max(QuietTimes.#LEAST_MS, Math.min(4 * this.#gapMs, QuietTimes.#MOST_MS));
  }

  /** It was asked, and is as quiet as it seemed: it is asked again only after a longer time. */
  asked(): void {
    this.#waitMs = Math.min(2 * this.#waitMs, QuietTimes.#MOST_MS);
  }

  /** Milliseconds until it is to be asked; 0 or less: now. */
  get dueMs(): number {
    return this.#heardAt + this.#waitMs - instant();
  }

  get heardAt(): number {
    return this.#heardAt;
  }
}

/**
 * Reads the log of a run into the store, from where it was left off: until its end, with `follow` as long as it runs.
 * What comes again is passed over, and what the cluster does not have any more is stored as a gap.
 */
export async function readRun(run: RunToRead, options: ReadOptions): Promise<ReadOutcome> {
  const { api, writer, signal } = options;
  try {
    const reopening = await reopeningOf(writer, run.source, run.startedAtMs);
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    const { namespace, pod, container, isPrevious } = run;
    const query = {
      namespace,
      pod,
      container,
      timestamps: true,
      ...(isPrevious ? { previous: true } : { follow: true }),
    };
    const { sinceTime } = reopening;
    const stream = await openPodLog(api, { ...query, ...(sinceTime === undefined ? {} : { sinceTime }) }, either);
    const reading = new Reading(run.source, reopening, options);
    const watching = isPrevious ? undefined : reading.doubt(run, ended);
    try {
      for await (const chunk of stream) {
        reading.take(chunk as Buffer);
        await writer.drained(either);
        // A line at a time would cost more than the line: what comes meanwhile comes together.
        if ((chunk as Buffer).length < TOGETHER_BYTES) await delay(TOGETHER_MS, either);
      }
      return { is: 'ended', because: reading.finish() };
    } finally {
      ended.abort();
      await watching;
    }
  } catch (error) {
    if (error instanceof ApiRefusal) return { is: 'refused', status: error.status, because: error.message };
    if (!isAborted(error, signal) && !(error instanceof Error)) throw error;
    return { is: 'broken', because: error instanceof Error ? error.message : undefined };
  }
}

/** One stream of a log on its way into the store. */
class Reading {
  readonly #source: StoredSource;
  readonly #reopening: Reopening;
  readonly #writer: LogWriter;
  readonly #api: ApiClient;
  readonly #quiet: QuietTimes;
  readonly #splitter = new StampedSplitter();
  #lastKey: LineKey | undefined;
  #hasFresh = false;
  #remark: string | undefined;

  constructor(source: StoredSource, reopening: Reopening, { writer, api, quiet }: ReadOptions) {
    this.#source = source;
    this.#reopening = reopening;
    this.#writer = writer;
    this.#api = api;
    this.#quiet = quiet;
    this.#lastKey = reopening.lastKey;
  }

  /** Stores what is new. */
  take(chunk: Buffer): void {
    this.#store(this.#splitter.push(chunk));
  }

  /** Stores the last line, which may have no line feed. Answers what the kubelet remarked, if it did. */
  finish(): string | undefined {
    this.#store(this.#splitter.end());
    return this.#remark;
  }

  /** Ends the reading when its stream tells nothing although there is something. Never throws. */
  async doubt({ namespace, pod, container }: RunToRead, ended: AbortController): Promise<void> {
    const { signal } = ended;
    try {
      for (;;) {
        await delay(Math.max(100, this.#quiet.dueMs), signal);
        if (this.#quiet.dueMs > 0) continue;
        const { heardAt } = this.#quiet;
        const query = { namespace, pod, container, timestamps: true, tailLines: 1 };
        const last = await lastKeyOf(this.#api, query, signal);
        if (last !== undefined && last !== this.#lastKey) {
          await delay(AHEAD_MS, signal);
          if (this.#quiet.heardAt === heardAt) ended.abort(new Error('the log went on, and its stream did not'));
        }
        this.#quiet.asked();
      }
    } catch {
      // it has ended, or cannot be asked: then the stream ends as well
    }
  }

  #store(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.is === 'remark') {
        this.#remark = piece.text;
        continue;
      }
      this.#lastKey = lastKey(piece);
      this.#quiet.heard();
      const fresh = this.#reopening.overlap.take(piece);
      if (fresh === undefined) continue;
      if (!this.#hasFresh) this.#joins(fresh);
      this.#hasFresh = true;
      this.#writer.append(this.#source, fresh);
    }
  }

  /** The last line that is stored did not come again: nobody knows what was between it and the first that did. */
  #joins({ firstMs }: StampedLines): void {
    const { overlap, lastMs } = this.#reopening;
    if (lastMs === undefined || overlap.hasMet) return;
    const because = 'the cluster did not have the last line any more: the log was rotated meanwhile';
    const gap = { because, from: new Date(lastMs).toISOString(), to: new Date(firstMs).toISOString() };
    this.#writer.appendGap(this.#source, gap, firstMs);
  }
}

function lastKey({ payload }: StampedLines): LineKey {
  return lineKey(payload.subarray(payload.lastIndexOf(0x0a, payload.length - 2) + 1));
}

async function lastKeyOf(
  api: ApiClient,
  query: Parameters<typeof openPodLog>[1],
  signal: AbortSignal,
): Promise<LineKey | undefined> {
  const splitter = new StampedSplitter();
  let last: LineKey | undefined;
  const take = (pieces: readonly Piece[]) => {
    for (const piece of pieces) {
      if (piece.is === 'lines') for (const line of eachLine(piece.payload)) last = lineKey(line);
    }
  };
  for await (const chunk of await openPodLog(api, query, signal)) take(splitter.push(chunk as Buffer));
  take(splitter.end());
  return last;
}
