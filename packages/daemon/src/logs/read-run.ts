import { isAborted } from '@devloop/shared/errors/devloop-error';
import type { ApiClient } from '../kubernetes/api-client.ts';
import { ApiRefusal } from '../kubernetes/api-errors.ts';
import type { StoredSource } from '../log-store/log-source.ts';
import type { LogWriter, StampedLines } from '../log-store/log-writer.ts';
import { delay } from '../support/delay.ts';
import { LastLine } from './last-line.ts';
import { type LateLines, lineKey } from './line-overlap.ts';
import { type LogQuery, openPodLog } from './pod-logs.ts';
import { type QuietTimes, SILENCE_MS } from './quiet-times.ts';
import { between, lastLineOf, type Silence, type Silences } from './silences.ts';
import { cutAtSilences, eachLine, type Piece, StampedSplitter, timeAt } from './stamped-splitter.ts';
import { type Reopening, type RunTimes, reopeningOf } from './stored-overlap.ts';
import { ToldAnew, ToldLines } from './told-lines.ts';

/** How reading a log has ended: by its end, by a refusal (the pod is gone, or waits), or in the midst. */
export type ReadOutcome =
  | {
      readonly is: 'ended';
      /** What the kubelet remarked instead of lines. */
      readonly because: string | undefined;
      /** What stood after the last line feed, where it is not known whether more of that line comes. */
      readonly unfinished: StampedLines | undefined;
    }
  | {
      readonly is: 'broken';
      readonly because: string | undefined;
      /** Whether the log may go on with earlier stamps than can be asked for by the last one. */
      readonly isSetBack: boolean;
    }
  /** The stream of a run that is over came to its end before its last line. */
  | { readonly is: 'short'; readonly because: string; readonly hasFresh: boolean }
  /** Nothing was stored: what came did not go on where the run was left off. */
  | { readonly is: 'unmet'; readonly because: string }
  | { readonly is: 'refused'; readonly because: string };

export interface RunToRead extends RunTimes {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly source: StoredSource;
  /** Whether the log of the run before the present one is asked for. */
  readonly isPrevious: boolean;
  /** Whether the last line that is stored must come again; if not, a gap is stored where it does not. */
  readonly mustMeet: boolean;
  /** Whether the run has ended, so that what stands after its last line feed is all of its last line. */
  readonly hasEnded: boolean;
  /** Whether all of the log is to be asked for, whatever its stamps are. */
  readonly isWhole: boolean;
}

export interface ReadOptions {
  readonly api: ApiClient;
  /** Resolves when the container has ended, and all that it has said is in its log, by the engine's word. */
  readonly untilEnded: (signal: AbortSignal) => Promise<void>;
  readonly writer: LogWriter;
  readonly quiet: QuietTimes;
  /** Those of the run so far; undefined: it has not been followed. */
  readonly silences: Silences | undefined;
  /** Ends the reading: the outcome is `broken` then. */
  readonly signal: AbortSignal;
}

/** Lines that come this close together are stored together, unless they are many anyway. */
const TOGETHER_MS = 20;
const TOGETHER_BYTES = 16 * 1024;

const LEFT_OUT = 'its stream left out lines when the log was rotated';
const MAY_END_EARLY = 'the log was rotated, and its stream may have left out the end of the file before';

/** Between the looks at a log that has ended, until its stream has told all of it. */
const LOOK_AGAIN_MS = 50;

/**
 * Reads the log of a run into the store, from where it was left off: until its end, with `follow` as long as it runs.
 * What comes again is passed over, and what the cluster does not have any more is stored as a gap.
 */
export async function readRun(run: RunToRead, options: ReadOptions): Promise<ReadOutcome> {
  const { api, writer, quiet, signal } = options;
  let isSetBack = false;
  try {
    const reopening = await reopeningOf(writer, run.source, run);
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
    const reading = new Reading(run, reopening, options);
    const setBack = () => {
      isSetBack = true;
    };
    const watching = isPrevious
      ? []
      : [reading.doubt(run, { ended, setBack }), reading.confirm(run, options.untilEnded, ended.signal)];
    try {
      const stream = await openPodLog(api, { ...query, ...(sinceTime === undefined ? {} : { sinceTime }) }, either);
      for await (const chunk of stream) {
        await reading.take(chunk as Buffer, either);
        await writer.drained(either);
        // A line at a time would cost more than the line: what comes meanwhile comes together.
        if ((chunk as Buffer).length < TOGETHER_BYTES) await delay(TOGETHER_MS, either);
        quiet.listen();
      }
      await reading.confirmed();
      await reading.judgeSoFar(either); // its pod, and its log with it, may be gone when its end is told
      if (!run.hasEnded) return reading.finish(false);
      const isAtEnd = await reading.isAtEnd(run, either);
      return isAtEnd ? reading.finish(true) : reading.cutShort();
    } finally {
      ended.abort();
      await Promise.all(watching);
    }
  } catch (error) {
    if (error instanceof Unmet) return { is: 'unmet', because: error.message };
    // where the kubelet does not answer, as while it is started anew, the log is there all the same
    if (error instanceof ApiRefusal && !error.isPassing) return { is: 'refused', because: error.message };
    if (!isAborted(error, signal) && !(error instanceof Error)) throw error;
    return {
      is: 'broken',
      because: error instanceof Error ? error.message : undefined,
      isSetBack: isSetBack || error instanceof ToldAnew,
    };
  }
}

/** A log is another one than was thought, or its beginning has been rotated away. */
class Unmet extends Error {}

/** One stream of a log on its way into the store. */
class Reading {
  readonly #source: StoredSource;
  readonly #mustMeet: boolean;
  readonly #reopening: Reopening;
  readonly #writer: LogWriter;
  readonly #api: ApiClient;
  readonly #quiet: QuietTimes;
  readonly #silences: Silences | undefined;
  readonly #splitter = new StampedSplitter();
  readonly #told: ToldLines;
  readonly #last: LastLine;
  #hasFresh = false;
  #isFirst = true;
  #remark: string | undefined;
  /** The look at a log that has ended, while and after it is taken. */
  #confirming: Promise<void> | undefined;
  /** Whether the stream has told all of a log that has ended. */
  #isAtEnd = false;
  #isOver = false;

  constructor(
    { source, mustMeet, isWhole }: RunToRead,
    reopening: Reopening,
    { writer, api, quiet, silences }: ReadOptions,
  ) {
    this.#source = source;
    this.#mustMeet = mustMeet;
    this.#told = new ToldLines(isWhole);
    this.#reopening = reopening;
    this.#writer = writer;
    this.#api = api;
    this.#quiet = quiet;
    this.#silences = silences;
    this.#last = new LastLine(reopening.lastKey);
    quiet.begin();
  }

  /**
   * Stores what is new.
   *
   * @throws Error when lines were left out that the log still has
   */
  async take(chunk: Buffer, signal: AbortSignal): Promise<void> {
    this.#quiet.pause();
    const pieces = this.#splitter
      .push(chunk)
      .flatMap((piece) => (piece.is === 'lines' ? (this.#told.take(piece) ?? []) : piece))
      .flatMap((piece) => cutAtSilences(piece, SILENCE_MS));
    if (pieces.length > 0) this.#quiet.heard(chunk.length);
    for (const piece of pieces) {
      if (piece.is === 'lines') await this.#expectNothingLeftOut(piece, signal);
      this.#store(piece);
    }
    if (this.#quiet.isRotationDue) await this.judgeSoFar(signal);
  }

  /** Stores the last line, which may have no line feed, where it is known that no more comes. */
  finish(hasEnded: boolean): ReadOutcome {
    const last = this.#splitter.end();
    if (hasEnded) for (const piece of last) this.#store(piece);
    const unfinished = hasEnded ? undefined : last.find((piece) => piece.is === 'lines');
    const remark = last.find((piece) => piece.is === 'remark');
    // of a container that is tidied up the kubelet tells nothing, as of one that has said nothing
    const isEmpty = this.#reopening.lastMs !== undefined && !this.#reopening.overlap.hasMetLast && !this.#hasFresh;
    const because = remark?.text ?? this.#remark ?? (isEmpty ? 'its log was empty' : undefined);
    // a kubelet ends the stream of a container that has been removed with a remark, and of what it has not read says nothing
    return { is: 'ended', because: this.#isAtEnd ? undefined : because, unfinished };
  }

  /** Asks whether anything was left out so far, if the log is there. Never throws: what cannot be asked now is asked later. */
  async judgeSoFar(signal: AbortSignal): Promise<void> {
    try {
      await this.#judgeSilences(signal);
    } catch {
      // of a run that has ended, it has been tidied up, or is another run's by now
    }
  }

  /**
   * Of a run that has ended: whether its stream has told its log to the end. A stream ends cleanly, too, where the kubelet
   * does in the midst of it.
   *
   * @throws Error when that cannot be asked now
   */
  async isAtEnd({ namespace, pod, container, isPrevious }: RunToRead, signal: AbortSignal): Promise<boolean> {
    const query = { namespace, pod, container, timestamps: true, ...(isPrevious ? { previous: true } : {}) };
    try {
      const last = await lastLineOf(this.#api, query, signal);
      return last === undefined || this.#last.is(last, this.#splitter.rest);
    } catch (error) {
      if (error instanceof ApiRefusal && !error.isPassing) return true; // it has been tidied up since
      throw error;
    }
  }

  /** The stream has ended before its log. */
  cutShort(): ReadOutcome {
    return { is: 'short', because: 'its stream ended before its log did', hasFresh: this.#hasFresh };
  }

  /** Ends the reading when its stream tells nothing although there is something. Never throws. */
  async doubt(
    { namespace, pod, container }: RunToRead,
    { ended, setBack }: { readonly ended: AbortController; readonly setBack: () => void },
  ): Promise<void> {
    const { signal } = ended;
    const query = { namespace, pod, container, timestamps: true };
    while (!signal.aborted) {
      try {
        await delay(this.#quiet.lookMs, signal);
        if (this.#quiet.dueMs > 0) continue;
        const { heardAt } = this.#quiet;
        this.#quiet.asked();
        const last = await lastLineOf(this.#api, query, signal);
        if (last === undefined || this.#last.is(last, this.#splitter.rest)) {
          this.#quiet.confirmed();
          await this.#judgeSilences(signal);
          continue;
        }
        await delay(this.#quiet.times.aheadMs, signal);
        if (this.#quiet.heardAt !== heardAt) continue;
        const { sinceTime } = this.#reopening;
        if (sinceTime !== undefined && timeAt(last, 0) < Date.parse(sinceTime)) setBack();
        ended.abort(new Error('the log went on, and its stream did not'));
      } catch {
        // it has ended, or cannot be asked now
      }
    }
  }

  /**
   * As soon as the container has ended, finds out whether its stream has told all: its pod, and its log with it, may be gone a
   * moment later. Never throws: what cannot be asked is not confirmed.
   *
   * @param untilEnded see {@link ReadOptions}
   */
  async confirm(
    { namespace, pod, container }: RunToRead,
    untilEnded: ReadOptions['untilEnded'],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await untilEnded(signal);
      this.#confirming = this.#lookAtEnd({ namespace, pod, container, timestamps: true }, signal);
      await this.#confirming;
    } catch {
      // nobody can be asked any more
    }
  }

  /** The stream is over. Resolves when it is known, as far as that can be, whether it has told all. */
  async confirmed(): Promise<void> {
    this.#isOver = true;
    await this.#confirming?.catch(() => undefined);
  }

  async #lookAtEnd(query: LogQuery, signal: AbortSignal): Promise<void> {
    for (;;) {
      const isLastLook = this.#isOver;
      const last = await lastLineOf(this.#api, query, signal);
      if (last === undefined) return;
      if (this.#last.is(last, this.#splitter.rest)) break;
      if (isLastLook) return;
      await delay(LOOK_AGAIN_MS, signal);
    }
    this.#isAtEnd = true;
    await this.judgeSoFar(signal);
  }

  /**
   * Finds out by the log whether anything was between the last line and the first of these, if there was time for it: at
   * once if there may be much, else together with what comes soon.
   *
   * @throws Error when the log has other lines in between, so that it is to be read anew
   */
  async #expectNothingLeftOut({ payload, firstMs }: StampedLines, signal: AbortSignal): Promise<void> {
    const silences = this.#silences;
    const before = this.#last.key;
    if (this.#isFirst && this.#reopening.sinceTime === undefined) silences?.beginWith(payload);
    this.#isFirst = false;
    // of lines that are stored and come again it is known what was between them
    if (silences === undefined || !this.#hasFresh || before === undefined) return;
    const apartMs = firstMs - this.#last.atMs;
    if (!this.#quiet.isSilence(apartMs)) return;
    const [first = payload] = eachLine(payload);
    const isUnlikely = this.#quiet.isUnlikely(apartMs);
    const silence = { before, after: lineKey(first), fromMs: this.#last.atMs, toMs: firstMs, isUnlikely };
    silences.add(silence);
    const isDue = this.#quiet.mayHaveSkipped(apartMs) || this.#quiet.isJudgementDue || silences.areMany;
    if (isDue) await this.#judgeSilences(signal, silence);
  }

  /**
   * Stores a gap for each silence in which lines were left out, and one for those of which nobody knows, or for a rotation.
   *
   * @param present the line after it is not stored yet
   * @throws Error when lines were left out in the present one, which the log still has
   */
  async #judgeSilences(signal: AbortSignal, present?: Silence): Promise<void> {
    const silences = this.#silences;
    if (silences === undefined || !(silences.areOpen || this.#quiet.mayHaveRotated)) return;
    this.#quiet.judged(silences.areOpen);
    const { leftOut, unknown, isGone, rotatedMs } = await silences.judge(
      this.#isFirst ? Number.NEGATIVE_INFINITY : this.#last.atMs,
      signal,
    );
    for (const silence of leftOut) {
      if (silence === present) continue;
      this.#gap([silence], LEFT_OUT);
      silences.told(silence);
    }
    if (isGone) {
      const because = 'its log was gone before it could be asked what its stream left out';
      return this.#gap(this.#quiet.hasFilled ? unknown : [], because, true);
    }
    // the container runs anew, and its stream is still of the run before, which its status will tell; or the log was
    // rotated once more, and the stream has what the log has not
    if (unknown.length > 0) {
      await delay(this.#quiet.times.toldMs, signal).catch((error: unknown) => {
        silences.reopen(unknown);
        throw error;
      });
    }
    const unlikely = unknown.filter((silence) => silence.isUnlikely);
    const likely = unknown.filter((silence) => !silence.isUnlikely);
    for (const silence of unlikely)
      this.#gap([silence], 'the log was rotated meanwhile, and its stream may have left out lines');
    this.#gap(likely, 'the log was rotated while its stream was silent', true);
    this.#tellRotation(rotatedMs, [...leftOut, ...unknown]);
    if (leftOut.some((silence) => silence === present)) {
      throw new Error('its stream left out lines, as it does when the log is rotated');
    }
  }

  /** @param told the silences of which something is told already */
  #tellRotation(rotatedMs: number | undefined, told: readonly Silence[]): void {
    if (rotatedMs === undefined || told.some(({ fromMs, toMs }) => fromMs <= rotatedMs && rotatedMs <= toMs)) return;
    const gap = { because: MAY_END_EARLY, isPerhapsNone: true, to: new Date(rotatedMs).toISOString() } as const;
    this.#writer.appendGap(this.#source, gap, rotatedMs);
  }

  #gap(silences: readonly Silence[], because: string, isPerhapsNone?: true): void {
    const [first, last] = [silences[0], silences.at(-1)];
    if (first === undefined || last === undefined) return;
    const gap = { because, isPerhapsNone, ...between(first.fromMs, last.toMs) };
    this.#writer.appendGap(this.#source, gap, last.toMs);
  }

  #store(piece: Piece): void {
    if (piece.is === 'remark') {
      this.#remark = piece.text;
      return;
    }
    this.#last.take(piece);
    const { overlap } = this.#reopening;
    const fresh = overlap.take(piece);
    this.#tellLate(overlap.takeLate());
    if (fresh === undefined) return;
    this.#joins(fresh);
    this.#hasFresh = true;
    this.#writer.append(this.#source, fresh);
  }

  /** Lines that a stream has left out are not stored behind those that it has told instead of them. */
  #tellLate(late: LateLines | undefined): void {
    if (late === undefined || this.#silences?.hasTold(late)) return;
    const gap = { because: LEFT_OUT, ...between(late.fromMs, late.toMs) };
    this.#writer.appendGap(this.#source, gap, late.toMs);
  }

  /**
   * What comes after the last line that is stored comes after that has come again. If not, nobody knows what was between
   * them: the log was rotated, or emptied while it was read.
   */
  #joins({ firstMs }: StampedLines): void {
    const { overlap, lastMs: storedMs } = this.#reopening;
    if (this.#hasFresh || storedMs === undefined || overlap.hasMetLast) return;
    if (this.#mustMeet) throw new Unmet('the log did not go on where it was left off');
    const because = 'the cluster did not have the last line any more: the log was rotated meanwhile';
    this.#writer.appendGap(this.#source, { because, ...between(storedMs, firstMs) }, firstMs);
  }
}
