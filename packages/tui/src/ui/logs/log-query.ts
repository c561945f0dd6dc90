import { isMark, isStep, type LogEntry } from './log-entry.ts';
import { type LogLevel, rankOf } from './log-level.ts';
import type { LogPattern } from './log-pattern.ts';
import type { LogReader } from './log-reader.ts';

export interface LogFilter {
  /** Whether lines that match are kept, or left out. */
  readonly keeps: boolean;
  readonly pattern: LogPattern;
}

/** Which lines are wanted. */
export interface LogQuery {
  /** Absent: all. */
  readonly service?: string;
  /** Whether lines of builds and hooks are wanted too. */
  readonly steps: boolean;
  /** The least level; absent: all. Lines without any count as `info`. */
  readonly level?: LogLevel;
  /** All must agree. */
  readonly filters: readonly LogFilter[];
  /** Only lines that arrived after the one with this id. */
  readonly after: number;
  /** Must match too. */
  readonly search?: LogPattern;
}

/** Whether each line is wanted. */
export function wantsAll(query: LogQuery): boolean {
  return (
    query.service === undefined &&
    query.steps &&
    query.level === undefined &&
    query.filters.length === 0 &&
    query.after === 0 &&
    query.search === undefined
  );
}

/** Whether lines are only chosen by what is known without looking at their text. */
export function looksAtText(query: LogQuery): boolean {
  return query.level !== undefined || query.filters.length > 0 || query.search !== undefined;
}

/** All patterns of the query. */
export function patternsOf(query: LogQuery): LogPattern[] {
  const patterns = query.filters.map(({ pattern }) => pattern);
  return query.search === undefined ? patterns : [...patterns, query.search];
}

/** The same for two queries that want the same. */
export function queryKey({ service, steps, level, filters, after, search }: LogQuery): string {
  const chosen = filters.map(({ keeps, pattern }) => [keeps, pattern.source]);
  return JSON.stringify([service, steps, level, chosen, after, search?.source]);
}

/** Whether the query wants the line. Marks pass level and filters, but are left out where a filter says so. */
export function wants(query: LogQuery, entry: LogEntry, reader: LogReader): boolean {
  if (query.service !== undefined && entry.origin.service !== query.service) return false;
  if (entry.id <= query.after) return false;
  if (!query.steps && isStep(entry)) return false;
  const mark = isMark(entry);
  if (query.level !== undefined && !mark && reader.rank(entry) < rankOf(query.level)) return false;
  if (query.filters.length === 0 && query.search === undefined) return true;
  const text = reader.text(entry);
  for (const { keeps, pattern } of query.filters) {
    if (keeps && mark) continue;
    if (pattern.matches(text) !== keeps) return false;
  }
  return query.search?.matches(text) ?? true;
}
