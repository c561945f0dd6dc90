import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import { type EvictionLimits, evictionOf } from './eviction.ts';
import { type LogEntry, LogOrigin, type LogPosition, type LogSource } from './log-entry.ts';
import { LogReader } from './log-reader.ts';
import { TimeReader } from './log-time.ts';
import { lowerBound, MergedList, retainBefore } from './merged-list.ts';

/** Told when lines were evicted, so that nobody else holds them in memory. */
export interface EvictionListener {
  evicted(store: LogStore): void;
}

const LIMITS: EvictionLimits = { entries: 200_000, characters: 64 * 1024 * 1024 };

/**
 * The lines of all services in one order, as many as the limits allow. Lines are kept as they came; everything about
 * their text is found out by the `reader` when somebody looks.
 */
export class LogStore {
  readonly reader = new LogReader();
  readonly #limits: EvictionLimits;
  readonly #merged = new MergedList();
  readonly #crashes = new MergedList();
  readonly #gaps = new MergedList();
  /** In the order of arrival, thus by id. */
  readonly #arrivals: LogEntry[] = [];
  readonly #origins = new Map<string, LogOrigin>();
  readonly #listeners = new Set<EvictionListener>();
  readonly #time = new TimeReader();
  #lastId = 0;
  #characters = 0;
  #evicted = 0;
  #version = 0;
  #originsVersion = 0;

  /** @param limits what is kept at most; when it is more, a twentieth is evicted at once */
  constructor(limits: EvictionLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Grows with each change. */
  get version(): number {
    return this.#version;
  }

  /** All lines in the merged order. */
  get entries(): readonly LogEntry[] {
    return this.#merged.entries;
  }

  /** The marks of crashes in the merged order. */
  get crashes(): readonly LogEntry[] {
    return this.#crashes.entries;
  }

  /** The marks of lines that could not be had, in the merged order. */
  get gaps(): readonly LogEntry[] {
    return this.#gaps.entries;
  }

  /** Id of the line that arrived last; 0 before the first. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Lines that were evicted since the start. */
  get evicted(): number {
    return this.#evicted;
  }

  /** UTF-16 code units of all texts. */
  get characters(): number {
    return this.#characters;
  }

  /** Who has lines here. */
  get origins(): Iterable<LogOrigin> {
    return this.#origins.values();
  }

  /** Changes when `origins` does. */
  get originsVersion(): number {
    return this.#originsVersion;
  }

  /** Names of the services that have lines here, in alphabetical order. */
  get services(): readonly string[] {
    return [...new Set([...this.#origins.values()].map(({ service }) => service))].sort();
  }

  /** Lines that arrived after that id, in the order of arrival. */
  arrivedAfter(id: number, count: number): readonly LogEntry[] {
    const after = this.#arrivals;
    const known = after[after.length - (this.#lastId - id)];
    // without holes by eviction, ids are as far apart as places
    const from = known?.id === id + 1 ? after.length - (this.#lastId - id) : lowerBoundById(after, id + 1);
    return after.slice(from, from + count);
  }

  add(message: LogMessage): void {
    switch (message.type) {
      case 'lines':
        this.#append(this.#origin(message.service, message.pod, message.container), 'run', message.lines);
        break;
      case 'output':
        this.#append(this.#origin(message.service, '', ''), message.source, message.lines);
        break;
      case 'gap':
        this.#append(this.#origin(message.service, message.pod, message.container), 'gap', [
          [message.to ?? '', `${message.isPerhapsNone ? 'perhaps nothing is missing: ' : ''}${message.because}`],
        ]);
        break;
      case 'goodbye':
        break;
    }
  }

  /** A mark that a container ended: what `[` and `]` jump to. `at` is RFC 3339, `text` says how it ended. */
  crash(service: string, pod: string, container: string, at: string, text: string): void {
    this.#append(this.#origin(service, pod, container), 'crash', [[at, text]]);
  }

  /** Index of the first line at or after the position. */
  indexOf(position: LogPosition): number {
    return lowerBound(this.#merged.entries, position);
  }

  listen(listener: EvictionListener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: EvictionListener): void {
    this.#listeners.delete(listener);
  }

  #append(origin: LogOrigin, source: LogSource, lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    const batch: LogEntry[] = [];
    for (const [at, text] of lines) {
      this.#lastId += 1;
      const told = this.#time.microseconds(at);
      const entry = origin.add(this.#lastId, source, this.#timeFor(origin, told), told, text);
      this.#arrivals.push(entry);
      this.#characters += text.length;
      batch.push(entry);
    }
    this.#merged.insert(batch);
    if (source === 'crash') this.#crashes.insert(batch);
    if (source === 'gap') this.#gaps.insert(batch);
    this.#version += 1;
    this.#evict();
  }

  /** A line is never before the one above it; what has no time stamp belongs there, or to the end. */
  #timeFor(origin: LogOrigin, time: number): number {
    if (time > origin.lastTime) return time;
    if (origin.lastTime !== Number.NEGATIVE_INFINITY) return origin.lastTime;
    return Number.isNaN(time) ? (this.#merged.entries.at(-1)?.time ?? 0) : time;
  }

  #origin(service: string, pod: string, container: string): LogOrigin {
    const key = `${service}\n${pod}\n${container}`;
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    const origin = new LogOrigin(service, pod, container);
    this.#origins.set(key, origin);
    this.#originsVersion += 1;
    return origin;
  }

  #evict(): void {
    const eviction = evictionOf(this.#merged.entries, this.#origins.values(), this.#characters, this.#limits);
    if (eviction === undefined) return;
    for (const [origin, count] of eviction.counts) origin.evict(count);
    this.#characters -= eviction.characters;
    this.#evicted += eviction.entries;
    const isKept = (entry: LogEntry) => entry.origin.has(entry);
    this.#merged.retain(isKept, eviction.end);
    this.#crashes.retain(isKept);
    this.#gaps.retain(isKept);
    const later = lowerBoundById(this.#arrivals, eviction.lastId + 1);
    retainBefore(this.#arrivals, later, isKept);
    for (const [key, origin] of this.#origins) {
      if (origin.size > 0) continue;
      this.#origins.delete(key);
      this.#originsVersion += 1;
    }
    for (const listener of this.#listeners) listener.evicted(this);
  }
}

function lowerBoundById(entries: readonly LogEntry[], id: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as LogEntry).id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
