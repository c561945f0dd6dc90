import type { TextInput } from '../input/text-input.ts';
import type { LogPosition } from './log-entry.ts';
import type { LogLevel } from './log-level.ts';
import type { LogPattern } from './log-pattern.ts';
import type { LogFilter, LogQuery } from './log-query.ts';

export type TimestampStyle = 'off' | 'clock' | 'full';

/** The selected line, by its place: lines that come, go or are filtered out do not move it. */
export interface LogCursor {
  readonly at: LogPosition;
  /** Row of the body where the line is. */
  readonly row: number;
}

/** What the user is asked to type: what to search, which lines to keep or to leave out. */
export type AskedFor = 'search' | 'keep' | 'drop';

export interface Asking {
  readonly what: AskedFor;
  readonly input: TextInput;
  /** Why the text is no pattern. */
  readonly error?: string;
  /** What `escape` goes back to. */
  readonly before: LogsState;
}

/** A way to go that is not found yet, as lines are still being searched. */
export type LogJump = 'nearest' | 'next' | 'previous';

/** What the logs screen shows of a store. Plain and immutable. */
export interface LogsState {
  /** Absent: all services. */
  readonly service: string | undefined;
  /** Absent: the newest line is followed. */
  readonly cursor: LogCursor | undefined;
  /** The newest line when following was left: what comes after it is new. */
  readonly seen: LogPosition | undefined;
  readonly search: LogPattern | undefined;
  readonly filters: readonly LogFilter[];
  readonly level: LogLevel | undefined;
  readonly steps: boolean;
  /** Lines up to this id were cleared away. */
  readonly clearedUpTo: number;
  readonly wrap: boolean;
  readonly json: boolean;
  readonly timestamps: TimestampStyle;
  /** Cells left out at the left of lines that are not wrapped. */
  readonly shift: number;
  /** Id of the line that is shown whole. */
  readonly expanded: number | undefined;
  readonly asking: Asking | undefined;
  readonly jump: LogJump | undefined;
  /** Something to say in the status line until the next key. */
  readonly notice: string | undefined;
  /** Grows when lines were decided on that the state does not show otherwise: paint again. */
  readonly work: number;
}

/** Follows all services, or one. */
export function initialLogs(service?: string): LogsState {
  return {
    service,
    cursor: undefined,
    seen: undefined,
    search: undefined,
    filters: [],
    level: undefined,
    steps: true,
    clearedUpTo: 0,
    wrap: false,
    json: false,
    timestamps: 'off',
    shift: 0,
    expanded: undefined,
    asking: undefined,
    jump: undefined,
    notice: undefined,
    work: 0,
  };
}

/** Whether keys are text for the screen: send all of them as `typed`. */
export function logsCapturesText(state: LogsState): boolean {
  return state.asking !== undefined;
}

/** Which lines the state shows. */
export function shownQuery({ service, steps, level, filters, clearedUpTo }: LogsState): LogQuery {
  return {
    ...(service === undefined ? {} : { service }),
    steps,
    ...(level === undefined ? {} : { level }),
    filters,
    after: clearedUpTo,
  };
}

/** Which of the shown lines match what is searched; undefined where nothing is. */
export function searchQuery(state: LogsState): LogQuery | undefined {
  return state.search === undefined ? undefined : { ...shownQuery(state), search: state.search };
}
