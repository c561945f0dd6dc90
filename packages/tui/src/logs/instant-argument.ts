const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * When the user means, ms since the epoch: a time back from now (`90s`, `10m`, `1h30m`, `2d`), a time of day of today
 * (`14:05`, `14:05:30`), or a date as `Date` reads it (`2026-01-01T12:00:00Z`). Undefined where it is none of these.
 */
export function instantOf(text: string, now: Date): number | undefined {
  if (/^(?:\d+[smhd])+$/.test(text)) {
    const back = [...text.matchAll(/(\d+)([smhd])/g)].map(
      ([, count, unit]) => Number(count) * (UNITS[unit ?? ''] ?? 0),
    );
    return now.getTime() - back.reduce((sum, ms) => sum + ms, 0);
  }
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  if (hours !== undefined) {
    const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
    if (h > 23 || m > 59 || s > 59) return undefined;
    return new Date(now).setHours(h, m, s, 0);
  }
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
