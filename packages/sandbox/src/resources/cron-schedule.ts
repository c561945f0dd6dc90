/** When something is due: for each field of a minute in time the values that fit. */
export interface CronSchedule {
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  readonly dayOfMonth: ReadonlySet<number>;
  readonly month: ReadonlySet<number>;
  readonly dayOfWeek: ReadonlySet<number>;
  /** Where days of both kinds are named, one that fits is enough. */
  readonly anyDay: boolean;
}

/** The text is no schedule; the message is that of the library of kube-controller-manager. */
export class NotASchedule extends Error {}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Bounds {
  readonly least: number;
  readonly most: number;
  /** Names of the values from `least` on. */
  readonly names?: readonly string[];
}

const MINUTE: Bounds = { least: 0, most: 59 };
const HOUR: Bounds = { least: 0, most: 23 };
const DAY_OF_MONTH: Bounds = { least: 1, most: 31 };
const MONTH: Bounds = { least: 1, most: 12, names: MONTHS };
const DAY_OF_WEEK: Bounds = { least: 0, most: 6, names: DAYS };

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * Reads the five fields of cron, as github.com/robfig/cron's ParseStandard does; `@every` is not among them.
 *
 * @throws NotASchedule
 */
export function parseCronSchedule(text: string): CronSchedule {
  const spec = text.startsWith('@') ? DESCRIPTORS[text] : text;
  if (spec === undefined) throw new NotASchedule(`unrecognized descriptor: ${text}`);
  const fields = spec.split(/\s+/).filter(Boolean);
  if (fields.length !== 5) {
    throw new NotASchedule(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  return {
    minute: valuesOf(minute, MINUTE),
    hour: valuesOf(hour, HOUR),
    dayOfMonth: valuesOf(dayOfMonth, DAY_OF_MONTH),
    month: valuesOf(month, MONTH),
    dayOfWeek: valuesOf(dayOfWeek, DAY_OF_WEEK),
    anyDay: !/^[*?]/.test(dayOfMonth) && !/^[*?]/.test(dayOfWeek),
  };
}

/**
 * Whether something is due in this minute.
 *
 * @param timeZone an IANA name
 * @throws RangeError for what is no time zone
 */
export function isDue(schedule: CronSchedule, time: Date, timeZone = 'UTC'): boolean {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  }).formatToParts(time);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const inMonth = schedule.dayOfMonth.has(Number(part('day')));
  const inWeek = schedule.dayOfWeek.has(DAYS.indexOf(part('weekday').toLowerCase()));
  return (
    schedule.minute.has(Number(part('minute'))) &&
    schedule.hour.has(Number(part('hour'))) &&
    schedule.month.has(Number(part('month'))) &&
    (schedule.anyDay ? inMonth || inWeek : inMonth && inWeek)
  );
}

function valuesOf(field: string, bounds: Bounds): Set<number> {
  return new Set(field.split(',').flatMap((range) => valuesOfRange(range, bounds)));
}

/** `*`, `3`, `1-5`, `mon-fri`, each with a step: `0-30/15`. */
function valuesOfRange(text: string, bounds: Bounds): number[] {
  const [range = '', step, ...more] = text.split('/');
  if (more.length > 0) throw new NotASchedule(`too many slashes: ${text}`);
  const [from = '', to, ...others] = range.split('-');
  if (others.length > 0) throw new NotASchedule(`too many hyphens: ${text}`);
  const isAll = from === '*' || from === '?';
  const first = isAll ? bounds.least : oneValue(from, bounds);
  const last = to !== undefined ? oneValue(to, bounds) : isAll || step !== undefined ? bounds.most : first;
  const by = step === undefined ? 1 : number(step);
  if (first < bounds.least)
    throw new NotASchedule(`beginning of range (${first}) below minimum (${bounds.least}): ${text}`);
  if (last > bounds.most) throw new NotASchedule(`end of range (${last}) above maximum (${bounds.most}): ${text}`);
  if (first > last) throw new NotASchedule(`beginning of range (${first}) beyond end of range (${last}): ${text}`);
  if (by === 0) throw new NotASchedule(`step of range should be a positive number: ${text}`);
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
}

function oneValue(text: string, { least, names = [] }: Bounds): number {
  const named = names.indexOf(text.toLowerCase());
  return named === -1 ? number(text) : least + named;
}

function number(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new NotASchedule(
    `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
