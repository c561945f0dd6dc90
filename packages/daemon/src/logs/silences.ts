import type { ApiClient } from '../kubernetes/api-client.ts';
import { type LateLines, type LineKey, lineKey, OUT_OF_ORDER_MS } from './line-overlap.ts';
import { type LogQuery, openPodLog } from './pod-logs.ts';
import { eachLine, type Piece, StampedSplitter, timeAt } from './stamped-splitter.ts';
import { wholeSecond } from './stored-overlap.ts';

/** Two lines that followed each other in a stream, whose stamps leave time for others between them. */
export interface Silence {
  readonly before: LineKey;
  readonly after: LineKey;
  /** Stamp of the line before, ms since the epoch. */
  readonly fromMs: number;
  /** Stamp of the line after, ms since the epoch. */
  readonly toMs: number;
  /** Whether the container has hardly said nothing in it. */
  readonly isUnlikely: boolean;
}

/** Silences that are not known to be none of lines that were left out. */
export interface Doubts {
  /** The log has other lines in them. */
  readonly leftOut: readonly Silence[];
  /** The log was rotated: what was in them is gone, if anything was. */
  readonly unknown: readonly Silence[];
  /** Whether there was no log any more that could have been asked. */
  readonly isGone: boolean;
  /** Stamp of the first line of the file that the stream has gone on to since it was asked last, ms since the epoch. */
  readonly rotatedMs: number | undefined;
}

/** How many of the last lines must hold those around the silences. The kubelet finds them from the end. */
const LAST_LINES = 5000;
/** Of the first line, as much as has its stamp. */
const STAMP_BYTES = 40;
/** More are asked for at once. */
const MOST_SILENCES = 1000;
/** So many are remembered for which a gap is stored. */
const MOST_TOLD = 100;

/**
 * The silences of a stream of which it has not been asked yet whether lines were left out in them. Lines are only ever
 * left out where the file of the log is replaced or emptied. So where it begins with the same line as before, nothing
 * was, and that is found out without reading it.
 */
export class Silences {
  /** Whose they are: the runtime's id. */
  readonly runId: string;
  readonly #api: ApiClient;
  readonly #query: LogQuery;
  #isPrevious = false;
  #open: Silence[] = [];
  /** The last ones for which a gap is stored. */
  #told: readonly Silence[] = [];
  /** Stamp of the first line of the file that the stream is in, where that is known. */
  #fileBegin: string | undefined;
  /** Lines up to this time were in the same file as those before. */
  #provenMs = Number.NEGATIVE_INFINITY;

  /** @param query which log */
  constructor(runId: string, api: ApiClient, query: Pick<LogQuery, 'namespace' | 'pod' | 'container'>) {
    this.runId = runId;
    this.#api = api;
    this.#query = { ...query, timestamps: true };
  }

  get areOpen(): boolean {
    return this.#open.length > 0;
  }

  /** All of those, and what is between them: what came before is whole. */
  get span(): Pick<Silence, 'fromMs' | 'toMs'> | undefined {
    if (!this.areOpen) return undefined;
    const fromMs = Math.min(...this.#open.map((silence) => silence.fromMs));
    return { fromMs, toMs: Math.max(...this.#open.map((silence) => silence.toMs)) };
  }

  get areMany(): boolean {
    return this.#open.length >= MOST_SILENCES;
  }

  /** A gap is stored for a silence. */
  told(silence: Silence): void {
    this.#told = [...this.#told, silence].slice(-MOST_TOLD);
  }

  /** Whether a gap is stored for a silence that these lines are of. */
  hasTold({ fromMs, toMs }: LateLines): boolean {
    return this.#told.some((silence) => silence.fromMs <= fromMs && toMs <= silence.toMs);
  }

  /** Another run has begun: the log of these is that of the run before. */
  superseded(): void {
    this.#isPrevious = true;
  }

  /** The stream began with these lines, which are the first of the file. */
  beginWith(payload: Buffer): void {
    if (!this.#isPrevious) this.#fileBegin = stampAt(payload);
  }

  /** A stream of the run, as long as it runs, had this silence. */
  add(silence: Silence): void {
    if (!this.#isPrevious && silence.toMs > this.#provenMs) this.#open.push(silence);
  }

  /**
   * Asks the log whether anything was left out in the silences so far. After that they are not open any more.
   *
   * @param toldMs stamp of the last line of the stream, ms since the epoch
   */
  async judge(toldMs: number, signal: AbortSignal): Promise<Doubts> {
    const asked = this.#open;
    this.#open = [];
    try {
      // in this order: what is last now is in the file that begins so afterwards
      const untilMs = await this.#lastMs(signal);
      const begin = await this.#begin(signal);
      if (begin !== undefined && begin === this.#fileBegin) {
        this.#prove(untilMs);
        return { leftOut: [], unknown: [], isGone: false, rotatedMs: undefined };
      }
      if (begin === undefined) return { leftOut: [], unknown: asked, isGone: true, rotatedMs: undefined };
      const beginMs = Date.parse(begin);
      const { leftOut, unknown, isInFile } = await this.#lookUp(asked, toldMs >= beginMs, signal);
      const rotatedMs = isInFile && this.#fileBegin !== undefined ? beginMs : undefined;
      // who is behind may be in the file that it was in
      if (isInFile || asked.length > 0) this.#fileBegin = isInFile ? begin : undefined;
      if (isInFile && unknown.length + leftOut.length === 0) this.#prove(untilMs);
      return { leftOut, unknown, isGone: false, rotatedMs };
    } catch (error) {
      this.reopen(asked);
      throw error;
    }
  }

  /** It was another log that was asked about these. */
  reopen(silences: readonly Silence[]): void {
    this.#open.unshift(...silences);
  }

  #prove(untilMs: number): void {
    this.#provenMs = Math.max(this.#provenMs, untilMs - OUT_OF_ORDER_MS);
    this.#open = this.#open.filter(({ toMs }) => toMs > this.#provenMs);
  }

  /**
   * Looks for the silences in the log as it is now.
   *
   * @param isPast whether the stream is past the first line of the file, by their stamps
   */
  async #lookUp(
    asked: readonly Silence[],
    isPast: boolean,
    signal: AbortSignal,
  ): Promise<Pick<Doubts, 'leftOut' | 'unknown'> & { readonly isInFile: boolean }> {
    if (asked.length === 0) return { leftOut: [], unknown: [], isInFile: isPast };
    let unknown = asked;
    const leftOut: Silence[] = [];
    const last = asked.at(-1)?.after;
    let isInFile = false;
    const sinceTime = wholeSecond(Math.min(...asked.map(({ fromMs }) => fromMs)));
    // the stream may be far behind the log: then its last lines tell nothing
    for (const narrowed of [{ tailLines: LAST_LINES }, { sinceTime }]) {
      if (unknown.length === 0) break;
      const before = await this.#linesBefore(new Set(unknown.map(({ after }) => after)), narrowed, signal);
      isInFile ||= last !== undefined && before.has(last);
      leftOut.push(...unknown.filter((silence) => ![undefined, silence.before].includes(before.get(silence.after))));
      unknown = unknown.filter(({ after }) => before.get(after) === undefined);
    }
    return { leftOut, unknown, isInFile };
  }

  /** Of the wanted lines, those that are there, with the one before each, where there is one. */
  async #linesBefore(
    wanted: ReadonlySet<LineKey>,
    narrowed: Partial<LogQuery>,
    signal: AbortSignal,
  ): Promise<Map<LineKey, LineKey | undefined>> {
    const found = new Map<LineKey, LineKey | undefined>();
    let before: LineKey | undefined;
    for await (const key of keysOf(this.#api, this.#asking(narrowed), signal)) {
      if (wanted.has(key)) found.set(key, before);
      if (found.size === wanted.size) break;
      before = key;
    }
    return found;
  }

  #asking(narrowed: Partial<LogQuery>): LogQuery {
    return { ...this.#query, ...(this.#isPrevious ? { previous: true } : {}), ...narrowed };
  }

  async #lastMs(signal: AbortSignal): Promise<number> {
    const last = await lastLineOf(this.#api, this.#asking({}), signal);
    return last === undefined ? Number.NEGATIVE_INFINITY : timeAt(last, 0);
  }

  async #begin(signal: AbortSignal): Promise<string | undefined> {
    for await (const piece of piecesOf(this.#api, this.#asking({ limitBytes: STAMP_BYTES }), signal)) {
      return piece.is === 'lines' ? stampAt(piece.payload) : undefined;
    }
    return undefined;
  }
}

function stampAt(payload: Buffer): string | undefined {
  return payload.toString('latin1', 0, STAMP_BYTES).split(' ')[0];
}

/** The last line of a log as it is now, with a line feed; of one that is kept as several records, the last record. */
export async function lastLineOf(api: ApiClient, query: LogQuery, signal: AbortSignal): Promise<Buffer | undefined> {
  let last: Buffer | undefined;
  for await (const piece of piecesOf(api, { ...query, tailLines: 1 }, signal)) {
    if (piece.is === 'lines')
      last = piece.payload.subarray(piece.payload.lastIndexOf(0x0a, piece.payload.length - 2) + 1);
  }
  return last;
}

async function* keysOf(api: ApiClient, query: LogQuery, signal: AbortSignal): AsyncGenerator<LineKey> {
  for await (const piece of piecesOf(api, query, signal)) {
    if (piece.is === 'lines') for (const line of eachLine(piece.payload)) yield lineKey(line);
  }
}

async function* piecesOf(api: ApiClient, query: LogQuery, signal: AbortSignal): AsyncGenerator<Piece> {
  const splitter = new StampedSplitter();
  for await (const chunk of await openPodLog(api, query, signal)) yield* splitter.push(chunk as Buffer);
  yield* splitter.end();
}

/** Times of a gap, ms since the epoch, as RFC 3339. */
export function between(fromMs: number, toMs: number): { from: string; to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
