const NANOSECONDS_A_SECOND = 1_000_000_000n;

/**
 * Nanoseconds since 1970 of two clocks: the machine's time of day, which is told in whole milliseconds, and a steady one, which
 * tells the fractions, but stands still while the machine sleeps and has no beginning in common with it. Within a process,
 * every time that is told is later than the one before.
 */
export class NanoClock {
  readonly #dayMs: () => number;
  readonly #steadyMs: () => number;
  #lagMs = 0;
  #last = 0n;

  /**
   * @param dayMs time of day, whole ms since 1970
   * @param steadyMs ms since whenever, with fractions
   */
  constructor(dayMs: () => number, steadyMs: () => number) {
    this.#dayMs = dayMs;
    this.#steadyMs = steadyMs;
  }

  now(): bigint {
    const day = this.#dayMs();
    const steady = this.#steadyMs();
    const isOff = Math.floor(steady + this.#lagMs) !== day;
    if (isOff) this.#lagMs = day - steady;
    const now = BigInt(Math.round((steady + this.#lagMs) * 1000)) * 1000n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last;
  }
}

const clock = new NanoClock(Date.now, () => performance.now());

/** Nanoseconds since 1970. Every call tells a later time than the one before. */
export function nowNano(): bigint {
  return clock.now();
}

/** RFC 3339 with nine digits after the second, in UTC. */
export function rfc3339Nano(nano: bigint): string {
  const seconds = new Date(Number(nano / NANOSECONDS_A_SECOND) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(nano % NANOSECONDS_A_SECOND).padStart(9, '0')}Z`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Nanoseconds of a duration as Go writes it: `1h30m`; undefined for what is none. */
export function durationNano(text: string): bigint | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text === '' || parts.map(([all]) => all).join('') !== text) return undefined;
  return BigInt(Math.round(parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0)));
}

/** Nanoseconds since 1970 of an RFC 3339 time, or of seconds with a fraction as Docker's `since` has them. */
export function parseTime(text: string): bigint | undefined {
  const seconds = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (seconds) return BigInt(seconds[1] ?? '0') * NANOSECONDS_A_SECOND + BigInt((seconds[2] ?? '').padEnd(9, '0'));
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  return BigInt(Math.floor(ms / 1000)) * NANOSECONDS_A_SECOND + BigInt(fraction.padEnd(9, '0'));
}
