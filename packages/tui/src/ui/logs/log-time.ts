import { timeOfDay } from '../../wording/time-of-day.ts';

const SECONDS = '2026-01-01T00:00:00'.length;

/**
 * Reads RFC 3339 time stamps. Lines that come together share most of theirs, so the last whole second is remembered:
 * ten thousand lines a second go through here.
 */
export class TimeReader {
  #second = '';
  #secondMs = Number.NaN;

  /** Microseconds since 1970; NaN for what is no time stamp. */
  microseconds(at: string): number {
    if (!at.endsWith('Z')) return Date.parse(at) * 1000;
    if (!(this.#second !== '' && at.startsWith(this.#second))) {
      this.#second = at.slice(0, SECONDS);
      this.#secondMs = Date.parse(`${this.#second}Z`);
    }
    return this.#secondMs * 1000 + fraction(at);
  }
}

/** Microseconds after the full second. */
function fraction(at: string): number {
  let value = 0;
  let unit = 100_000;
  for (let index = SECONDS + 1; index < at.length - 1 && unit >= 1; index += 1) {
    value += (at.charCodeAt(index) - 48) * unit;
    unit /= 10;
  }
  return value;
}

/** `HH:MM:SS.mmm` in the time zone of this machine; as wide with blanks where the time, in microseconds, is not known. */
export function clockTime(microseconds: number): string {
  if (Number.isNaN(microseconds)) return ' '.repeat(12);
  const date = new Date(microseconds / 1000);
  return `${timeOfDay(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The date and time in UTC to the millisecond, always as wide. */
export function fullTime(microseconds: number): string {
  return Number.isNaN(microseconds) ? ' '.repeat(24) : new Date(microseconds / 1000).toISOString();
}
