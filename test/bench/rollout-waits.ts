import { median, percentile, round } from './figures.ts';

/** How long was waited in one rollout, ms. */
export interface RolloutWaits {
  /** The longest that a connection took, longer than the median one before the save. */
  readonly addedMs: number;
  /** What connections before the save took longer than the median one of them: of each, what it is. */
  readonly ordinaryMs: readonly number[];
  /** The longest in which no pod answered at its own address, see `longestUnservedMs`. */
  readonly unservedMs: number;
  /** Of connections through devloop to a service that was left alone, at the same time; undefined: none came. */
  readonly beside: WaitBeside | undefined;
}

/** What was waited for a service that was left alone, and what of the rollout is to be held against it, ms. */
export interface WaitBeside {
  /** Like `RolloutWaits.addedMs`, of the connections to what was left alone. */
  readonly waitedMs: number;
  /** The longest added wait of as many connections to what was rolled out: see {@link longestOfAsMany}. */
  readonly addedMs: number;
}

/** What is to be said of rollouts, ms and counts. */
export interface WaitFigures {
  readonly rollouts: number;
  readonly added_ms: number;
  readonly unserved_ms: number;
  /** Added wait less the time in which no pod served, of the same rollout. Under 0 where nobody came at the worst moment. */
  readonly beyond_ms: number;
  readonly p99_beyond_ms: number;
  readonly worst_beyond_ms: number;
  /**
   * The same, of as many connections as went to a service that was left alone, less what was waited for that in the same
   * rollout: what devloop adds, without what the machine does to every connection while containers start. Undefined:
   * nothing was left alone.
   */
  readonly beyond_beside_ms: number | undefined;
  /** Rollouts with a wait beyond the time in which no pod served. */
  readonly exceeded: number;
  /** Those beyond it by more than a connection ordinarily takes longer. */
  readonly exceeded_by_more_than_ordinary: number;
  /** Those of them that were also beyond it by more than connections took to what was left alone. */
  readonly exceeded_by_more_than_beside: number;
}

/**
 * What a connection ordinarily takes longer than the median one: the 99th percentile of those that ended before a save, all
 * rollouts of a run together, ms.
 */
export function ordinaryOf(rollouts: readonly RolloutWaits[]): number {
  return percentile(
    rollouts.flatMap(({ ordinaryMs }) => ordinaryMs),
    0.99,
  );
}

/** Each rollout's longest added wait against the same rollout's time in which no pod served. Pure. */
export function waitFigures(rollouts: readonly RolloutWaits[], ordinaryMs: number): WaitFigures {
  const beyond = rollouts.map(({ addedMs, unservedMs }) => addedMs - unservedMs);
  const beyondBeside = rollouts.flatMap(({ unservedMs, beside }) =>
    beside === undefined ? [] : [beside.addedMs - unservedMs - beside.waitedMs],
  );
  const exceeding = rollouts.filter(({ addedMs, unservedMs }) => addedMs - unservedMs > ordinaryMs);
  return {
    rollouts: rollouts.length,
    added_ms: round(median(rollouts.map(({ addedMs }) => addedMs))),
    unserved_ms: round(median(rollouts.map(({ unservedMs }) => unservedMs))),
    beyond_ms: round(median(beyond)),
    p99_beyond_ms: round(percentile(beyond, 0.99)),
    worst_beyond_ms: round(Math.max(...beyond)),
    beyond_beside_ms: beyondBeside.length === 0 ? undefined : round(median(beyondBeside)),
    exceeded: beyond.filter((ms) => ms > 0).length,
    exceeded_by_more_than_ordinary: exceeding.length,
    exceeded_by_more_than_beside: exceeding.filter(
      ({ unservedMs, beside }) => beside === undefined || beside.addedMs - unservedMs > beside.waitedMs,
    ).length,
  };
}

/**
 * The longest of as many waits as there are others to compare it with, spread over all of them: the longest of many is longer
 * than that of few. There are several ways to take every so manieth; of these, the median one. Pure.
 *
 * @param waits in order
 * @param count of the others, at least one
 */
export function longestOfAsMany(waits: readonly number[], count: number): number {
  const every = Math.max(1, Math.round(waits.length / count));
  const longest = Array.from({ length: Math.min(every, waits.length) }, (_, first) =>
    Math.max(...waits.filter((_wait, index) => index % every === first)),
  );
  return median(longest);
}
