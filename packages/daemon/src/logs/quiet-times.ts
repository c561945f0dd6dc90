import { instant } from '../support/instant.ts';

/** How long what a container, its log and its status tell may be apart. */
export interface FollowTimes {
  /** When a log that has become quiet is asked for the first time whether it really is. */
  readonly quietMs: number;
  /** The same for a stream that has told nothing yet: the kubelet may have to look through a large file first. */
  readonly firstMs: number;
  /** How long what the log has been asked may be ahead of its stream. */
  readonly aheadMs: number;
  /** How long a status may take to tell that a container runs anew, which its log does at once. */
  readonly toldMs: number;
  /** How long lines that came after silences are stored before the log is asked whether it was rotated in one of them. */
  readonly judgeMs: number;
  /** How often, at most, a log that tells much is asked whether it was rotated. */
  readonly rotationMs: number;
}

export const FOLLOW_TIMES: FollowTimes = {
  quietMs: 2000,
  firstMs: 20_000,
  aheadMs: 1000,
  toldMs: 3000,
  judgeMs: 10_000,
  rotationMs: 1000,
};

/** How seldom a quiet log is asked at last. */
const MOST_MS = 300_000;
/** How often, at most and at least, it is looked whether a log is to be asked. */
const LOOK_MS = { least: 100, most: 60_000 };
/** A silence of less is none: busy machines have many of them. */
export const SILENCE_MS = 300;
/**
 * Hardly anybody has files rotated that are shorter: the kubelet's own limit is 10 MiB, minikube's engine's 100 MB. Where
 * somebody has, it is found out a little later.
 */
const LEAST_FILE_BYTES = 512 * 1024;

/** A silence in which a stream would have told as much at its best is none of its container's. */
const UNLIKELY_BYTES = 64 * 1024;

/**
 * Whether the silence of a stream is to be believed. The kubelet follows a log by its place in the file:
 *
 * - Where the file is renamed and another begun, it may miss the new one, and the stream is quiet for ever. Where it is
 *   done twice before the stream has come to the end of the first, because nobody took what it told, the one in between
 *   is left out. The last of a file may be left out, too: the kubelet is told by name what happened to it, takes no
 *   notice of what was written while there was no file of that name, and goes on to the next one. That is a silence of some
 *   milliseconds, and cannot be told from one of the container's: who tells much is asked whether there is a next file.
 * - Where the file is emptied, the stream is quiet until it is as long as it was, and then goes on without what was
 *   written meanwhile.
 */
export class QuietTimes {
  readonly times: FollowTimes;
  readonly #now: () => number;
  #waitMs: number;
  #gapMs = 0;
  #heardAt: number;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #judgedAt = Number.NEGATIVE_INFINITY;
  /** Of all streams together: all bytes, and those since the log was asked last whether it was rotated. */
  #allBytes = 0;
  #unjudgedBytes = 0;
  #askedForRotationAt = Number.NEGATIVE_INFINITY;
  #listeningAt = Number.NEGATIVE_INFINITY;
  /** Of this stream: all bytes, those of this second, and the most of a second. */
  #bytes = 0;
  #second = { from: 0, bytes: 0 };
  #mostBytes = 0;

  /** @param now a clock in milliseconds */
  constructor(times: FollowTimes, now: () => number = instant) {
    this.times = times;
    this.#waitMs = times.quietMs;
    this.#now = now;
    this.#heardAt = now();
  }

  /** When something came the last time. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Milliseconds until the log is to be asked; 0 or less: now. Infinite while nobody listens to its stream. */
  get dueMs(): number {
    return Math.max(this.#heardAt, this.#listeningAt, this.#askedAt) + this.#waitMs - this.#now();
  }

  /**
   * Milliseconds until it is to be looked whether the log is to be asked. While nobody listens, that is no later than it
   * takes a log to be quiet: who listens again may hear nothing from then on.
   */
  get lookMs(): number {
    const { dueMs } = this;
    const ms = Number.isFinite(dueMs) ? dueMs : this.times.quietMs;
    return Math.min(Math.max(LOOK_MS.least, ms), LOOK_MS.most);
  }

  /**
   * Whether there was time to leave something out between two lines that followed each other.
   *
   * @param apartMs how far their stamps are apart
   */
  isSilence(apartMs: number): boolean {
    return Math.min(apartMs, this.#now() - this.#confirmedAt) >= SILENCE_MS;
  }

  /** Whether the log was not asked for long about silences. */
  get isJudgementDue(): boolean {
    return this.#now() - this.#judgedAt >= this.times.judgeMs;
  }

  /** Whether a file of the log may have been full since the log was asked whether it was rotated. */
  get mayHaveRotated(): boolean {
    return this.#unjudgedBytes > 0 && this.hasFilled;
  }

  /**
   * Whether as much was told as the shortest file has: of a log that was never longer, and that cannot be asked any more, it is
   * not said that perhaps something is missing, or it would be said of every pod that goes.
   */
  get hasFilled(): boolean {
    return this.#allBytes >= LEAST_FILE_BYTES;
  }

  /** Whether as much was told since then as the shortest file has: later, it could have been rotated twice. */
  get isRotationDue(): boolean {
    return this.#unjudgedBytes >= LEAST_FILE_BYTES && this.#now() - this.#askedForRotationAt >= this.times.rotationMs;
  }

  /** The log is asked whether it was rotated. @param withSilences whether there were any to be judged by that */
  judged(withSilences: boolean): void {
    this.#askedForRotationAt = this.#now();
    this.#unjudgedBytes = 0;
    if (withSilences) this.#judgedAt = this.#now();
  }

  /**
   * Whether a whole file of the log may have been left out between two lines that followed each other. Their stamps tell how
   * long nothing was said: when they came does not, where they had to wait.
   *
   * @param apartMs how far the stamps are apart
   */
  mayHaveSkipped(apartMs: number): boolean {
    const silentMs = Math.min(apartMs, this.#now() - this.#confirmedAt);
    const least = Math.min(this.#bytes, LEAST_FILE_BYTES);
    return this.#bytes > 0 && this.isSilence(apartMs) && 2 * this.#mostBytesIn(silentMs) >= least;
  }

  /**
   * Whether a stream that told as much as this one has hardly said nothing between two lines that followed each other.
   *
   * @param apartMs how far their stamps are apart
   */
  isUnlikely(apartMs: number): boolean {
    return this.#mostBytesIn(apartMs) >= UNLIKELY_BYTES;
  }

  /** What the stream would have told in a time at its best. */
  #mostBytesIn(ms: number): number {
    return Math.max(this.#mostBytes, this.#second.bytes) * (ms / 1000);
  }

  /** What comes is taken from now on. */
  listen(): void {
    this.#listeningAt = this.#now();
  }

  /** What comes has to wait: that nothing is heard means nothing. */
  pause(): void {
    this.#listeningAt = Number.POSITIVE_INFINITY;
  }

  /** A stream begins. */
  begin(): void {
    this.listen();
    this.#waitMs = Math.max(this.#waitMs, this.times.firstMs);
    this.#bytes = 0;
    this.#mostBytes = 0;
    this.#second = { from: this.#now(), bytes: 0 };
  }

  /** Lines have come. */
  heard(bytes: number): void {
    const now = this.#now();
    this.#bytes += bytes;
    this.#allBytes += bytes;
    this.#unjudgedBytes += bytes;
    if (now - this.#second.from > 1000) {
      this.#mostBytes = Math.max(this.#mostBytes, this.#second.bytes);
      this.#second = { from: now, bytes: 0 };
    }
    this.#second.bytes += bytes;
    this.#gapMs += (now - this.#heardAt - this.#gapMs) / 8;
    this.#heardAt = now;
    this.#waitMs = Math.max(this.times.quietMs, Math.min(4 * this.#gapMs, MOST_MS));
  }

  /** The log was asked, and has no more than its stream has told. */
  confirmed(): void {
    this.#confirmedAt = this.#now();
  }

  /** The log was asked: it is asked again only after a longer time. */
  asked(): void {
    this.#askedAt = this.#now();
    this.#waitMs = Math.min(2 * this.#waitMs, MOST_MS);
  }
}
