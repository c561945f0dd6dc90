/** What can be made to go wrong, for tests. What goes on does so until `no-faults`, or for so many requests. */
export type Fault =
  /** API requests take so much longer. */
  | { readonly is: 'slow-api'; readonly delayMs: number }
  /** The next so many API requests whose method and path (a regular expression) match are refused; default: all. */
  | {
      readonly is: 'failing-api';
      readonly method?: string;
      readonly path?: string;
      readonly times: number;
      readonly status: number;
      readonly reason: string;
      readonly message: string;
    }
  /** Connections to the API are cut, and new ones refused. */
  | { readonly is: 'no-connections' }
  /** Connections of watches are cut. */
  | { readonly is: 'drop-watches' }
  /** Connections of logs, commands in containers and forwarded ports are cut. */
  | { readonly is: 'drop-streams' }
  /** Logs, commands in containers and forwarded ports end, and new ones are refused, as while a kubelet is started anew. */
  | { readonly is: 'no-streams' }
  /** Every resource version that clients know is too old from now on. */
  | { readonly is: 'expire-history' }
  /** The engine has no room for builds and new containers. */
  | { readonly is: 'full-disk' }
  /** The engine's API is gone: connections are cut, and new ones refused. Containers go on. */
  | { readonly is: 'no-engine' }
  /** So many pods are there, on a node of their own. They are objects only; nothing runs. */
  | { readonly is: 'pods'; readonly count: number }
  /** A pod `log-load` in the namespace `default` writes so many lines a second, each with its number. */
  | { readonly is: 'log-lines'; readonly perSecond: number }
  /** A container's log file is rotated so often, as by an engine whose files may not be larger, with Docker's `max-file`. */
  | { readonly is: 'rotate-log'; readonly container: string; readonly times: number; readonly maxFiles: number }
  | { readonly is: 'no-faults' };

type Kind = Fault['is'];

/** Of a fault's field: what it has to be, in words and as a question. */
interface Field {
  readonly words: string;
  readonly fits: (value: unknown) => boolean;
  readonly isOptional?: true;
}

const MOST_DELAY_MS = 600_000;
const MOST_PODS = 10_000;
const MOST_LINES = 100_000;
const MOST_ROTATIONS = 100;
const MOST_LOG_FILES = 100;

const text: Field = { words: 'a text', fits: (value) => typeof value === 'string' };
const whole = (least: number, most: number): Field => ({
  words: `a whole number of ${least} to ${most}`,
  fits: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
});
const pattern: Field = { words: 'a regular expression', fits: isPattern, isOptional: true };

const FIELDS: { readonly [K in Kind]: Readonly<Record<string, Field>> } = {
  'slow-api': { delayMs: whole(0, MOST_DELAY_MS) },
  'failing-api': {
    method: { ...text, isOptional: true },
    path: pattern,
    times: whole(1, Number.MAX_SAFE_INTEGER),
    status: whole(400, 599),
    reason: text,
    message: text,
  },
  'no-connections': {},
  'drop-watches': {},
  'drop-streams': {},
  'no-streams': {},
  'expire-history': {},
  'full-disk': {},
  'no-engine': {},
  pods: { count: whole(1, MOST_PODS) },
  'log-lines': { perSecond: whole(1, MOST_LINES) },
  'rotate-log': { container: text, times: whole(1, MOST_ROTATIONS), maxFiles: whole(1, MOST_LOG_FILES) },
  'no-faults': {},
};

/** What was asked for is no fault. */
export class NotAFault extends Error {}

/**
 * Reads a fault from JSON.
 *
 * @throws NotAFault that says what is wrong with it
 */
export function readFault(json: string): Fault {
  const said = parsed(json);
  const { is } = said;
  if (typeof is !== 'string' || !Object.hasOwn(FIELDS, is)) {
    throw new NotAFault(`there is no fault ${JSON.stringify(is)}: ${Object.keys(FIELDS).join(', ')}`);
  }
  const fields = FIELDS[is as Kind];
  const unknown = Object.keys(said).find((name) => name !== 'is' && !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw new NotAFault(`${is} has no ${unknown}`);
  for (const [name, { words, fits, isOptional }] of Object.entries(fields)) {
    if (said[name] === undefined && isOptional) continue;
    if (!fits(said[name])) throw new NotAFault(`${name} of ${is} has to be ${words}`);
  }
  return said as Fault;
}

function parsed(json: string): Record<string, unknown> {
  let said: unknown;
  try {
    said = JSON.parse(json);
  } catch (error) {
    throw new NotAFault(`the fault is not JSON: ${(error as Error).message}`);
  }
  if (typeof said === 'object' && said !== null && !Array.isArray(said)) return said as Record<string, unknown>;
  throw new NotAFault('the fault is no object');
}

function isPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new RegExp(value);
    return true;
  } catch {
    return false;
  }
}
