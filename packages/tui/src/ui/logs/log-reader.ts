import { isMark, type LogEntry } from './log-entry.ts';
import { detectRank, LEVEL_REACH, NO_LEVEL, rankOf } from './log-level.ts';
import { isPrintable, TEXT_LIMIT, visibleText } from './log-text.ts';

/** How many lines a level reaches down over lines without one: a stack trace, not a program that has no levels. */
const INHERITANCE = 200;
/** Further above than any line inherits from. */
const NOWHERE = -INHERITANCE - 1;

/** Looks into lines, and only here are they looked into: adding them costs nothing of this. */
export class LogReader {
  #read = 0;

  /** How many times a text was looked at since the start. */
  get read(): number {
    return this.#read;
  }

  /** The safe beginning of a line, from at most `limit` of its characters. */
  text(entry: LogEntry, limit = TEXT_LIMIT): string {
    this.#read += 1;
    const { text } = entry;
    if (text.length > limit) return visibleText(text, limit);
    entry.printable ??= isPrintable(text);
    return entry.printable ? text : visibleText(text, limit);
  }

  /** The rank of the level that the line itself tells, or `NO_LEVEL`. */
  ownRank(entry: LogEntry): number {
    if (entry.rank < 0) entry.rank = isMark(entry) ? rankOf('info') : detectRank(this.text(entry, LEVEL_REACH));
    return entry.rank;
  }

  /** The rank in effect: lines without a level belong to the line above of the same origin; without any, `info`. */
  rank(entry: LogEntry): number {
    if (entry.passed >= 0) return entry.passed;
    const { origin, seq } = entry;
    let from = seq;
    while (from > seq - INHERITANCE && this.#dependsOnAbove(origin.entry(from))) from -= 1;
    const source = origin.entry(from);
    // none in reach; those between may still reach one, so only this line is settled
    if (source === undefined || this.#dependsOnAbove(source)) entry.pass(rankOf('info'), NOWHERE);
    else for (let each = from; each <= seq; each += 1) this.#settleBelow(origin.entry(each), origin.entry(each - 1));
    return entry.passed;
  }

  #dependsOnAbove(entry: LogEntry | undefined): boolean {
    return entry !== undefined && entry.passed < 0 && this.ownRank(entry) === NO_LEVEL;
  }

  #settleBelow(entry: LogEntry | undefined, above: LogEntry | undefined): void {
    if (entry === undefined || entry.passed >= 0) return;
    const own = this.ownRank(entry);
    if (own !== NO_LEVEL) entry.pass(own, entry.seq);
    else if (above !== undefined && above.passed >= 0 && entry.seq - above.passedFrom <= INHERITANCE)
      entry.pass(above.passed, above.passedFrom);
    else entry.pass(rankOf('info'), NOWHERE);
  }
}
