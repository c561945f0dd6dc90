import { StreamRefusal } from './status-response.ts';

/** core/v1 PodLogOptions. */
export interface LogOptions {
  readonly container: string | null;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Lines of before are left out: RFC 3339, nine digits after the second, UTC. */
  readonly since: string | undefined;
}

/**
 * Reads a query, with the API server's refusals of what makes no sense.
 *
 * @throws StreamRefusal
 */
export function logOptions(query: URLSearchParams, now: number): LogOptions {
  const tailLines = integer(query, 'tailLines', 0);
  const limitBytes = integer(query, 'limitBytes', 1);
  const sinceSeconds = integer(query, 'sinceSeconds', 1);
  const sinceTime = query.get('sinceTime') || undefined;
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    throw invalid('sinceSeconds: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  const since =
    sinceTime ?? (sinceSeconds === undefined ? undefined : new Date(now - sinceSeconds * 1000).toISOString());
  return {
    container: query.get('container'),
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    tailLines,
    limitBytes,
    since: since === undefined ? undefined : nanoseconds(since),
  };
}

/** Go's strconv.ParseBool, as conversions of queries use it: everything but false and 0 is true. */
function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}

function integer(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) {
    throw new StreamRefusal(400, 'BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const value = Number(text);
  if (value >= least) return value;
  const words = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
  throw invalid(`${name}: Invalid value: ${value}: ${words}`);
}

function invalid(message: string): StreamRefusal {
  return new StreamRefusal(422, 'Invalid', `PodLogOptions "" is invalid: ${message}`);
}

/**
 * A time in UTC with nine digits after the second, so that times compare as texts.
 *
 * @throws StreamRefusal 400
 */
function nanoseconds(time: string): string {
  const instant = Date.parse(time);
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/i.exec(time);
  if (match === null || Number.isNaN(instant)) {
    const text = JSON.stringify(time);
    const words = `parsing time ${text} as "2006-01-02T15:04:05Z07:00": cannot parse ${text} as "2006"`;
    throw new StreamRefusal(400, 'BadRequest', words);
  }
  const whole = new Date(Math.floor(instant / 1000) * 1000).toISOString().slice(0, 19);
  return `${whole}.${(match[1] ?? '').slice(0, 9).padEnd(9, '0')}Z`;
}
