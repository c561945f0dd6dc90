import { Bell } from '../support/bell.ts';
import { instant } from '../support/instant.ts';
import type { TaskSet } from '../support/task-set.ts';
import { Burst } from '../watch/burst.ts';
import { namedPaths } from './named-paths.ts';
import type { Source, SourceContent } from './source.ts';

/** New content of a service's source. */
export interface SourceChange {
  /** Undefined when it cannot be read; a pass will say why. */
  readonly content: SourceContent | undefined;
  /** Absolute; see {@link namedPaths}. Empty when a look without an event found it. */
  readonly paths: readonly string[];
  /** Instant of the first event, ms since the epoch. */
  readonly noticedAt: number;
}

/**
 * Turns file events into changes of content. It looks at the first event of a burst, so that work can begin at once,
 * and again when the burst is over; what is told is only content that differs from what was told before. Until
 * {@link settled} nothing irrevocable should be done with it.
 */
export class ChangeDetector {
  readonly #source: Source;
  readonly #onChange: (change: SourceChange) => void;
  readonly #tasks: TaskSet;
  readonly #signal: AbortSignal;
  readonly #bell = new Bell();
  readonly #burst = new Burst({
    began: () => this.#tasks.add(this.look()),
    settled: () => this.#tasks.add(this.look()),
  });
  #told: SourceContent | undefined;
  /** What was there before the burst. */
  #before: SourceContent | undefined;
  #hasLooked = false;
  #looking = 0;
  #paused = false;
  #paths = new Set<string>();
  #noticedAt = 0;

  constructor(source: Source, onChange: (change: SourceChange) => void, tasks: TaskSet, signal: AbortSignal) {
    this.#source = source;
    this.#onChange = onChange;
    this.#tasks = tasks;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#burst.stop(), { once: true });
  }

  /** A path may have changed. */
  event(absolute: string): void {
    if (!this.#source.sees(absolute)) return;
    if (this.#source.isIgnoreFile(absolute)) this.#tasks.add(this.#source.readRules());
    const now = instant();
    if (!this.#burst.bursting) this.#noticedAt = now;
    this.#paths.add(absolute);
    this.#burst.event(now);
    this.#bell.ring();
  }

  /** Reads the source now and tells of it if it is new. Resolves when that is done. */
  async look(): Promise<void> {
    if (this.#paused) return;
    this.#looking += 1;
    try {
      const startedAt = instant();
      // What cannot be read is told as a change without content: the pass reads again and reports the error.
      const content = await this.#source.read(this.#signal).catch(() => undefined);
      this.#signal.throwIfAborted();
      if (this.#paused) return;
      const isNew = !this.#hasLooked || content?.fingerprint !== this.#told?.fingerprint;
      this.#hasLooked = true;
      this.#told = content;
      const paths = isNew ? namedPaths([...this.#paths], this.#source.build, [content, this.#before]) : [];
      if (!this.#burst.bursting) {
        this.#paths.clear();
        this.#before = content;
      }
      if (isNew) this.#onChange({ content, paths, noticedAt: this.#noticedAt || startedAt });
    } finally {
      this.#looking -= 1;
      if (this.settledNow) this.#noticedAt = 0;
      this.#bell.ring();
    }
  }

  get settledNow(): boolean {
    return !this.#burst.bursting && this.#looking === 0;
  }

  /** Resolves when no burst is under way and the last one has been looked at. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#bell.until(() => this.settledNow || undefined, signal);
  }

  /** What is on the disk now, without telling of it. */
  read(signal: AbortSignal): Promise<SourceContent> {
    return this.#source.read(signal);
  }

  /**
   * Runs something that writes into the source without taking what it writes for a change.
   *
   * @param isOwn asked when the work fails: whether it wrote all that differs now. If so the content counts as told,
   *   because work that writes and fails would otherwise be the cause of its own next run, for ever
   * @returns the content after it, which counts as told
   */
  async during(
    work: () => Promise<void>,
    isOwn: (after: SourceContent) => boolean = () => false,
  ): Promise<SourceContent> {
    this.#paused = true;
    try {
      try {
        await work();
      } catch (error) {
        const after = await this.#source.read(this.#signal).catch(() => undefined);
        if (after !== undefined && isOwn(after)) this.#told = after;
        throw error;
      }
      const content = await this.#source.read(this.#signal);
      this.#told = content;
      this.#before = content;
      return content;
    } finally {
      this.#paused = false;
      this.#paths.clear();
    }
  }
}
