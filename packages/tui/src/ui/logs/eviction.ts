import type { LogEntry, LogOrigin } from './log-entry.ts';

export interface EvictionLimits {
  readonly entries: number;
  /** UTF-16 code units of the texts together. */
  readonly characters: number;
}

/** Which lines are to go. */
export interface Eviction {
  /** How many of its oldest lines each origin loses. */
  readonly counts: ReadonlyMap<LogOrigin, number>;
  /** Before this index in the merged order there are lines that go, after it none. */
  readonly end: number;
  /** The greatest id of a line that goes. */
  readonly lastId: number;
  readonly entries: number;
  readonly characters: number;
}

/** What is freed beyond the limit, so that not every line that arrives makes work. */
const SLACK = 0.05;

/**
 * Which lines go when there are more than the limits allow: the oldest of the services that have the most, so that a
 * chatty service does not push out what another said. Undefined where everything may stay.
 *
 * @param entries all lines in the merged order
 * @param origins of all lines
 */
export function evictionOf(
  entries: readonly LogEntry[],
  origins: Iterable<LogOrigin>,
  characters: number,
  limits: EvictionLimits,
): Eviction | undefined {
  const isTooMany = entries.length > limits.entries;
  const isTooLong = characters > limits.characters;
  if (!isTooMany && !isTooLong) return undefined;

  const known = [...origins];
  const countsOver = isTooMany ? surplus(known, ({ size }) => size, limits.entries) : new Map<string, number>();
  const lengthsOver = isTooLong
    ? surplus(known, (origin) => origin.characters, limits.characters)
    : new Map<string, number>();
  const open = new Set([...countsOver.keys(), ...lengthsOver.keys()]);
  const counts = new Map<LogOrigin, number>();
  let evicted = 0;
  let freed = 0;
  let end = 0;
  let lastId = 0;
  for (; open.size > 0 && end < entries.length; end += 1) {
    const { id, origin, length } = entries[end] as LogEntry;
    const { service } = origin;
    if (!open.has(service)) continue;
    const countOver = (countsOver.get(service) ?? 0) - 1;
    const lengthOver = (lengthsOver.get(service) ?? 0) - length;
    countsOver.set(service, countOver);
    lengthsOver.set(service, lengthOver);
    if (countOver <= 0 && lengthOver <= 0) open.delete(service);
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
    lastId = Math.max(lastId, id);
    evicted += 1;
    freed += length;
  }
  return { counts, end, lastId, entries: evicted, characters: freed };
}

/** How much the services have above the level at which all together are below the limit; only those that are above. */
function surplus(
  origins: readonly LogOrigin[],
  amountOf: (origin: LogOrigin) => number,
  limit: number,
): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const origin of origins) amounts.set(origin.service, (amounts.get(origin.service) ?? 0) + amountOf(origin));
  const level = waterLevel([...amounts.values()], Math.floor(limit * (1 - SLACK)));
  const over = [...amounts].filter(([, amount]) => amount > level);
  return new Map(over.map(([service, amount]) => [service, Math.ceil(amount - level)]));
}

/** The most that each may have so that all together have at most `total`. */
function waterLevel(amounts: readonly number[], total: number): number {
  let left = total;
  const rising = amounts.toSorted((a, b) => a - b);
  for (const [index, amount] of rising.entries()) {
    const even = left / (rising.length - index);
    if (amount > even) return even;
    left -= amount;
  }
  return Number.POSITIVE_INFINITY;
}
