interface Entry {
  delayMs: number;
  /** ms since the epoch. */
  lastUpdate: number;
}

/**
 * Delays that double, by key: client-go's util/flowcontrol Backoff. An entry that has rested for twice the longest delay
 * starts anew.
 */
export class BackOff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(firstMs: number, mostMs: number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
  }

  /** How long to hold back, in ms, after what happened at `since`; 0: go on, and call {@link next}. */
  heldBackMs(key: string, since: number, now: number): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#hasExpired(entry, since)) return 0;
    return Math.max(0, since + entry.delayMs - now);
  }

  /** As {@link heldBackMs}, counted from when the delay was set. */
  heldBackSinceUpdateMs(key: string, now: number): number {
    return this.heldBackMs(key, this.#entries.get(key)?.lastUpdate ?? now, now);
  }

  /** The present delay of a key in ms; 0 for none. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** Begins, or doubles, the delay of a key. */
  next(key: string, since: number, now: number): void {
    const entry = this.#entries.get(key);
    const delayMs =
      entry === undefined || this.#hasExpired(entry, since) ? this.#firstMs : Math.min(entry.delayMs * 2, this.#mostMs);
    this.#entries.set(key, { delayMs, lastUpdate: now });
  }

  /** Forgets all keys that begin so. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #hasExpired(entry: Entry, since: number): boolean {
    return since - entry.lastUpdate > this.#mostMs * 2;
  }
}

/** A delay as Go prints a time.Duration of whole seconds: `10s`, `1m20s`, `5m0s`. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
