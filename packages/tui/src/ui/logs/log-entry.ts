import { LogChunk } from './log-chunk.ts';

/** Where a line comes from: a container, a step of devloop, or a mark that devloop set between lines. */
export type LogSource = 'run' | 'build' | 'beforeBuild' | 'afterReady' | 'gap' | 'crash';

/** A place in the merged order of all lines: by time, then by arrival. It outlives the line that was there. */
export interface LogPosition {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly id: number;
}

/** Before all lines. */
export const TOP: LogPosition = { time: Number.NEGATIVE_INFINITY, id: 0 };

/** Negative where `a` comes before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : a.id - b.id;
}

/** One container, or the steps of one service: lines of an origin keep their order whatever their time stamps say. */
export class LogOrigin {
  readonly service: string;
  /** Empty for the steps of a service. */
  readonly pod: string;
  readonly container: string;
  /** Time of the newest line, in microseconds. */
  lastTime = Number.NEGATIVE_INFINITY;
  #entries: LogEntry[] = [];
  #chunk: LogChunk | undefined;
  #evicted = 0;
  #characters = 0;

  constructor(service: string, pod: string, container: string) {
    this.service = service;
    this.pod = pod;
    this.container = container;
  }

  /** Lines that are here. */
  get size(): number {
    return this.#entries.length;
  }

  /** UTF-16 code units of their texts. */
  get characters(): number {
    return this.#characters;
  }

  /**
   * Adds a line.
   *
   * @param time microseconds since 1970, never less than that of the line before
   * @param told the same as it was told; NaN where nobody knows
   */
  add(id: number, source: LogSource, time: number, told: number, text: string): LogEntry {
    let place = this.#chunk?.add(time, told, text);
    if (this.#chunk === undefined || place === undefined) {
      this.#chunk = LogChunk.after(this.#chunk, this, this.#evicted + this.#entries.length, text);
      place = this.#chunk.add(time, told, text) as number;
    }
    const entry = new LogEntry(id, source, this.#chunk, place);
    this.#entries.push(entry);
    this.#characters += text.length;
    this.lastTime = time;
    return entry;
  }

  /** The line with this number; undefined for evicted ones. */
  entry(seq: number): LogEntry | undefined {
    return this.#entries[seq - this.#evicted];
  }

  has(entry: LogEntry): boolean {
    return entry.seq >= this.#evicted;
  }

  /** Forgets the oldest lines. */
  evict(count: number): void {
    for (const { length } of this.#entries.splice(0, count)) this.#characters -= length;
    this.#evicted += count;
  }
}

/** A line, as it came. What is found out about it when somebody looks is remembered with it, by the `LogReader`. */
export class LogEntry implements LogPosition {
  /** Grows with each line that arrives, over all origins. */
  readonly id: number;
  readonly source: LogSource;
  readonly #chunk: LogChunk;
  readonly #place: number;

  constructor(id: number, source: LogSource, chunk: LogChunk, place: number) {
    this.id = id;
    this.source = source;
    this.#chunk = chunk;
    this.#place = place;
  }

  get origin(): LogOrigin {
    return this.#chunk.origin;
  }

  /** Grows by one with each line of the origin. */
  get seq(): number {
    return this.#chunk.firstSeq + this.#place;
  }

  /** Microseconds since 1970, never less than that of the line before in the same origin. */
  get time(): number {
    return this.#chunk.times[this.#place] as number;
  }

  /** When it was written, as it was told, in microseconds since 1970; NaN where nobody knows. */
  get told(): number {
    return this.#chunk.told[this.#place] as number;
  }

  /** UTF-16 code units of the text. */
  get length(): number {
    return this.#chunk.length(this.#place);
  }

  /** Foreign text: not safe to print. Read anew each time. */
  get text(): string {
    return this.#chunk.text(this.#place);
  }

  /** Own level as a rank; -1: not looked for yet. */
  get rank(): number {
    return this.#chunk.ranks[this.#place] as number;
  }

  set rank(rank: number) {
    this.#chunk.ranks[this.#place] = rank;
  }

  /** Level in effect, its own or inherited, as a rank; -1: not looked for yet. */
  get passed(): number {
    return this.#chunk.passed[this.#place] as number;
  }

  /** Number, in the origin, of the line that `passed` is from. */
  get passedFrom(): number {
    return this.#chunk.passedFrom[this.#place] as number;
  }

  pass(rank: number, from: number): void {
    this.#chunk.passed[this.#place] = rank;
    this.#chunk.passedFrom[this.#place] = from;
  }

  /** Whether `text` may be printed as it is; undefined: not looked at yet. */
  get printable(): boolean | undefined {
    const known = this.#chunk.printable[this.#place] as number;
    return known < 0 ? undefined : known === 1;
  }

  set printable(is: boolean) {
    this.#chunk.printable[this.#place] = is ? 1 : 0;
  }
}

/** A mark of devloop between lines: neither text filter nor level hides it. */
export function isMark(entry: LogEntry): boolean {
  return entry.source === 'gap' || entry.source === 'crash';
}

/** A line of a step before or after the container ran. */
export function isStep(entry: LogEntry): boolean {
  return entry.source === 'build' || entry.source === 'beforeBuild' || entry.source === 'afterReady';
}
