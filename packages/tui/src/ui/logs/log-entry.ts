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

  /** Number that the next line gets in this origin. */
  get nextSeq(): number {
    return this.#evicted + this.#entries.length;
  }

  push(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#characters += entry.text.length;
    this.lastTime = entry.time;
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
    for (const { text } of this.#entries.splice(0, count)) this.#characters -= text.length;
    this.#evicted += count;
  }
}

/** A line, as it came. What is found out about it when somebody looks is remembered beside, by the `LogReader`. */
export class LogEntry implements LogPosition {
  /** Grows with each line that arrives, over all origins. */
  readonly id: number;
  /** Grows by one with each line of the origin. */
  readonly seq: number;
  readonly origin: LogOrigin;
  readonly source: LogSource;
  /** Microseconds since 1970, never less than that of the line before in the same origin. */
  readonly time: number;
  /** When it was written, as it was told; empty where nobody knows. */
  readonly at: string;
  /** Foreign text: not safe to print. */
  readonly text: string;

  /** Own level as a rank; -1: not looked for yet. */
  rank = -1;
  /** Level in effect, its own or inherited, as a rank; -1: not looked for yet. */
  passed = -1;
  /** Number, in the origin, of the line that `passed` is from. */
  passedFrom = -1;
  /** Whether `text` may be printed as it is; undefined: not looked at yet. */
  printable: boolean | undefined = undefined;

  constructor(id: number, seq: number, origin: LogOrigin, source: LogSource, time: number, at: string, text: string) {
    this.id = id;
    this.seq = seq;
    this.origin = origin;
    this.source = source;
    this.time = time;
    this.at = at;
    this.text = text;
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
