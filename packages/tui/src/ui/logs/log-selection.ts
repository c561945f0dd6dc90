import { comparePositions, type LogEntry, type LogPosition } from './log-entry.ts';
import { type LogQuery, looksAtText, patternsOf, wants } from './log-query.ts';
import type { EvictionListener, LogStore } from './log-store.ts';
import { TEXT_LIMIT } from './log-text.ts';
import { MergedList } from './merged-list.ts';
import { runLimited } from './time-limit.ts';

/** The lines that are wanted, in the merged order. */
export interface LogSelection {
  readonly entries: readonly LogEntry[];
  /** Whether all lines of the store have been decided on. */
  readonly isDone: boolean;
  /** How much of the store has been decided on, from 0 to 1. */
  readonly progress: number;
  /** Whether all lines between there and where the selection began have been decided on. */
  covers(position: LogPosition): boolean;
  /** Decides on some more lines: a few milliseconds' worth. */
  advance(): void;
}

/** What one `advance` may cost, in characters matched. */
const BUDGET = 1_500_000;
/** The same with an expression of the user, of which nobody knows what a character costs. */
const REGEX_BUDGET = 600_000;
/** No part is begun later than this after the beginning: on a busy machine, less is done in the same time. */
const ENOUGH_MS = 6;
/** What a line costs beside its characters. */
const LINE_COST = 20;
/** What a line costs beside its characters where those are looked at. */
const TEXT_COST = 80;
/** Lines that are decided on at once. */
const CHUNK = 200;
/** Many times what an `advance` takes with an expression that is not out of hand. */
const LIMIT_MS = 40;

/** Chooses nothing: all lines of the store. */
export class WholeSelection implements LogSelection {
  readonly isDone = true;
  readonly progress = 1;
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
  }

  get entries(): readonly LogEntry[] {
    return this.#store.entries;
  }

  covers(): boolean {
    return true;
  }

  advance(): void {}
}

/** Which lines have been decided on. */
interface Frontier {
  /** By arrival: up to this id. */
  readonly arrived: number;
  /** By place: from `low` to before `high`. */
  readonly low: LogPosition;
  readonly high: LogPosition;
  readonly isAtTop: boolean;
  readonly isAtEnd: boolean;
}

/** Some more lines decided on. */
interface Step {
  readonly frontier: Frontier;
  readonly chosen: readonly LogEntry[];
  /** In characters. */
  readonly cost: number;
}

/**
 * Decides on lines in steps: on those that arrived since the last step, then on the older ones, from a place outwards,
 * so that what is on the screen is complete first.
 */
export class FilteredSelection implements LogSelection, EvictionListener {
  readonly #store: LogStore;
  readonly #query: LogQuery;
  readonly #chosen = new MergedList();
  /** Lines up to this id are decided on by place, newer ones by arrival. */
  readonly #ceiling: number;
  #frontier: Frontier;

  /** @param from where to begin */
  constructor(store: LogStore, query: LogQuery, from: LogPosition) {
    this.#store = store;
    this.#query = query;
    this.#ceiling = store.lastId;
    this.#frontier = { arrived: store.lastId, low: from, high: from, isAtTop: false, isAtEnd: false };
  }

  get entries(): readonly LogEntry[] {
    return this.#chosen.entries;
  }

  get isDone(): boolean {
    return this.isGivenUp || this.#isComplete(this.#frontier);
  }

  /** Whether a pattern took too long, so that the lines are not all. */
  get isGivenUp(): boolean {
    return patternsOf(this.#query).some(({ isTooSlow }) => isTooSlow);
  }

  get progress(): number {
    const all = this.#store.entries.length;
    if (this.isDone || all === 0) return 1;
    const { low, high, isAtTop, isAtEnd } = this.#frontier;
    return ((isAtEnd ? all : this.#store.indexOf(high)) - (isAtTop ? 0 : this.#store.indexOf(low))) / all;
  }

  covers(position: LogPosition): boolean {
    if (this.isDone) return true;
    const { low, high, isAtTop, isAtEnd } = this.#frontier;
    return (isAtTop || comparePositions(position, low) >= 0) && (isAtEnd || comparePositions(position, high) < 0);
  }

  advance(): void {
    if (this.isDone) return;
    const patterns = patternsOf(this.#query).filter(({ isRegex }) => isRegex);
    if (patterns.length === 0) {
      this.#commit(this.#steps(BUDGET));
      return;
    }
    const steps = runLimited(LIMIT_MS, () => this.#steps(REGEX_BUDGET));
    if (steps !== undefined) this.#commit(steps.result);
    else for (const pattern of patterns) pattern.giveUpIfRunning();
  }

  evicted(): void {
    this.#chosen.retain((entry) => entry.origin.has(entry));
  }

  #commit(steps: readonly Step[]): void {
    this.#frontier = steps.at(-1)?.frontier ?? this.#frontier;
    this.#chosen.insert(steps.flatMap(({ chosen }) => chosen).sort(comparePositions));
  }

  /** Changes nothing, as it may be ended at any place. */
  #steps(budget: number): Step[] {
    const steps: Step[] = [];
    let frontier = this.#frontier;
    let left = budget;
    let isUp = true;
    const enough = performance.now() + ENOUGH_MS;
    while (left > 0 && performance.now() < enough && !this.#isComplete(frontier)) {
      const step = this.#next(frontier, isUp);
      steps.push(step);
      frontier = step.frontier;
      left -= step.cost;
      isUp = !isUp;
    }
    return steps;
  }

  #isComplete({ arrived, isAtTop, isAtEnd }: Frontier): boolean {
    return isAtTop && isAtEnd && arrived === this.#store.lastId;
  }

  #next(frontier: Frontier, isUp: boolean): Step {
    if (frontier.arrived < this.#store.lastId) return this.#arrivals(frontier);
    return (isUp || frontier.isAtEnd) && !frontier.isAtTop ? this.#above(frontier) : this.#below(frontier);
  }

  #arrivals(frontier: Frontier): Step {
    const chunk = this.#store.arrivedAfter(frontier.arrived, CHUNK);
    return this.#choose(chunk, { ...frontier, arrived: chunk.at(-1)?.id ?? this.#store.lastId });
  }

  #above(frontier: Frontier): Step {
    const end = this.#store.indexOf(frontier.low);
    const chunk = this.#store.entries.slice(Math.max(0, end - CHUNK), end);
    const [first] = chunk;
    const low = first === undefined ? frontier.low : { time: first.time, id: first.id };
    return this.#choose(chunk.filter(this.#isOld), { ...frontier, low, isAtTop: end <= CHUNK });
  }

  #below(frontier: Frontier): Step {
    const start = this.#store.indexOf(frontier.high);
    const chunk = this.#store.entries.slice(start, start + CHUNK);
    const last = chunk.at(-1);
    const high = last === undefined ? frontier.high : { time: last.time, id: last.id + 1 };
    const isAtEnd = start + CHUNK >= this.#store.entries.length;
    return this.#choose(chunk.filter(this.#isOld), { ...frontier, high, isAtEnd });
  }

  readonly #isOld = (entry: LogEntry): boolean => entry.id <= this.#ceiling;

  #choose(candidates: readonly LogEntry[], frontier: Frontier): Step {
    const withText = looksAtText(this.#query);
    const chosen: LogEntry[] = [];
    let cost = LINE_COST;
    for (const entry of candidates) {
      cost += withText ? TEXT_COST + Math.min(entry.length, TEXT_LIMIT) : LINE_COST;
      if (wants(this.#query, entry, this.#store.reader)) chosen.push(entry);
    }
    return { frontier, chosen, cost };
  }
}
