import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import { detectRank, type LogLevel, NO_LEVEL, rankOf } from '../ui/logs/log-level.ts';
import type { LogPattern } from '../ui/logs/log-pattern.ts';
import { plainText } from '../wording/plain-text.ts';

/** Which lines are wanted. */
export interface LogCriteria {
  /** Lines that fit one of these; none given: all. */
  readonly grep: readonly LogPattern[];
  /** But not those that fit one of these. */
  readonly not: readonly LogPattern[];
  /** Lines of this level and above. */
  readonly level: LogLevel | undefined;
  /** Lines up to this, ms since the epoch. */
  readonly untilMs: number;
}

/** How many lines a level reaches down over lines without one, as on the screen: a stack trace. */
const INHERITANCE = 200;

type Lines = Extract<LogMessage, { type: 'lines' | 'output' }>;

/** Takes out of messages the lines that are not wanted. Gaps stay: nobody knows what was in them. */
export class LogFilter {
  readonly #criteria: LogCriteria;
  /** By source, the level in effect and over how many lines it has reached. */
  readonly #levels = new Map<string, { rank: number; age: number }>();

  constructor(criteria: LogCriteria) {
    this.#criteria = criteria;
  }

  /** Whether lines are left out for what they say, so that none may be left. */
  get isSelective(): boolean {
    const { grep, not, level } = this.#criteria;
    return grep.length > 0 || not.length > 0 || level !== undefined;
  }

  /** The message with the lines that are wanted; undefined where none is. */
  select(message: LogMessage): LogMessage | undefined {
    if (message.type !== 'lines' && message.type !== 'output') return message;
    if (!this.isSelective && this.#criteria.untilMs === Number.POSITIVE_INFINITY) return message;
    const lines = message.lines.filter((line) => this.#wants(message, line));
    return lines.length === 0 ? undefined : { ...message, lines };
  }

  #wants(message: Lines, [at, text]: LogLine): boolean {
    const { grep, not, level, untilMs } = this.#criteria;
    const safe = plainText(text);
    // a level is looked for in every line: those that follow may inherit it
    if (level !== undefined && this.#rank(message, safe) < rankOf(level)) return false;
    if (Date.parse(at) > untilMs) return false;
    return (
      (grep.length === 0 || grep.some((pattern) => pattern.matches(safe))) &&
      !not.some((pattern) => pattern.matches(safe))
    );
  }

  /** The level in effect: a line without one has that of the line above of its source; without any, `info`. */
  #rank(message: Lines, safe: string): number {
    const key = message.type === 'output' ? message.service : `${message.service}/${message.pod}/${message.container}`;
    const own = detectRank(safe);
    const above = this.#levels.get(key);
    if (own !== NO_LEVEL) {
      this.#levels.set(key, { rank: own, age: 0 });
      return own;
    }
    if (above === undefined || above.age >= INHERITANCE) return rankOf('info');
    above.age += 1;
    return above.rank;
  }
}
