import type { KeyName } from '../keys/key-binding.ts';
import type { Size } from '../paint/row.ts';
import { asked, pasted, typed, withoutSlow } from './asking.ts';
import { atCrash, jumped } from './jump.ts';
import type { LogLevel } from './log-level.ts';
import type { LogStore } from './log-store.ts';
import { TEXT_LIMIT } from './log-text.ts';
import type { LogsKeyAction } from './logs-keys.ts';
import type { LogsState, TimestampStyle } from './logs-state.ts';
import { type LogsView, matchesOf, shownSelection, viewOf } from './logs-view.ts';
import { atTop, clicked, following, paged, paused, pausedHere, scrolled, stepped } from './motion.ts';

export type LogsAction =
  /** A key of `LOGS_KEYS`, while no text is asked. */
  | { readonly type: 'key'; readonly action: LogsKeyAction }
  /** Any key, while text is asked. */
  | { readonly type: 'typed'; readonly key: KeyName }
  | { readonly type: 'pasted'; readonly text: string }
  /** Rows down; negative: up. */
  | { readonly type: 'scroll'; readonly rows: number }
  /** A row of the screen, from 0. */
  | { readonly type: 'click'; readonly row: number }
  | { readonly type: 'select-service'; readonly service: string | undefined }
  /** The store has new lines. */
  | { readonly type: 'stored' }
  /** There is time for work, see `logsHasWork`. */
  | { readonly type: 'work' };

/** How far a key moves lines that are cut. */
const SHIFT = 10;

/**
 * The state after an action. The same state where the action means nothing: the shell may then do something else with
 * the key, as leaving the screen with `escape`. Looks at what is visible, and takes a step of a few milliseconds where
 * a filter or search is being evaluated.
 */
export function reduceLogs(state: LogsState, action: LogsAction, store: LogStore, size: Size): LogsState {
  const next = applied(state, action, store, size);
  // a new filter has made its first step when it is asked for
  const selections = [shownSelection(next, store), matchesOf(next, store)];
  if (action.type === 'stored' || action.type === 'work') {
    for (const selection of selections) selection?.advance();
  }
  const quick = withoutSlow(next, state);
  return quick.jump === undefined ? quick : jumped(quick, store, viewOf(quick, store, size));
}

/** Whether a filter or search has lines left to look at: send `work` when nothing else is to be done, and paint. */
export function logsHasWork(state: LogsState, store: LogStore): boolean {
  return !shownSelection(state, store).isDone || matchesOf(state, store)?.isDone === false;
}

function applied(state: LogsState, action: LogsAction, store: LogStore, size: Size): LogsState {
  switch (action.type) {
    case 'key':
      return keyed(state.notice === undefined ? state : { ...state, notice: undefined }, action.action, store, size);
    case 'typed':
      return typed(state, action.key);
    case 'pasted':
      return pasted(state, action.text);
    case 'scroll':
      return scrolled(state, store, viewOf(state, store, size), action.rows);
    case 'click':
      return clicked(state, store, viewOf(state, store, size), action.row);
    case 'select-service':
      return state.service === action.service ? state : following({ ...state, service: action.service });
    case 'stored':
      return state;
    case 'work':
      return { ...state, work: state.work + 1 };
  }
}

function keyed(state: LogsState, action: LogsKeyAction, store: LogStore, size: Size): LogsState {
  const view = viewOf(state, store, size);
  const page = Math.max(1, view.bodyRows - 1);
  switch (action) {
    case 'down':
      return stepped(state, store, view, 1);
    case 'up':
      return stepped(state, store, view, -1);
    case 'half-page-down':
      return paged(state, store, view, Math.ceil(page / 2));
    case 'half-page-up':
      return paged(state, store, view, -Math.ceil(page / 2));
    case 'page-down':
      return paged(state, store, view, page);
    case 'page-up':
      return paged(state, store, view, -page);
    case 'top':
      return atTop(state, store);
    case 'end':
      return following(state);
    case 'follow':
      return state.cursor === undefined ? pausedHere(state, store, view) : following(state);
    case 'left':
      return state.shift === 0 ? state : { ...state, shift: Math.max(0, state.shift - SHIFT) };
    case 'right':
      return shifted(state, store, view);
    case 'search':
    case 'keep':
    case 'drop':
      return asked(state, action);
    case 'next-match':
      return state.search === undefined ? state : { ...state, jump: 'next' };
    case 'previous-match':
      return state.search === undefined ? state : { ...state, jump: 'previous' };
    case 'previous-crash':
      return atCrash(state, store, view, 'previous');
    case 'next-crash':
      return atCrash(state, store, view, 'next');
    case 'level':
      return { ...state, level: NEXT_LEVEL[state.level ?? 'all'] };
    case 'json':
      return { ...state, json: !state.json };
    case 'wrap':
      return { ...state, wrap: !state.wrap, shift: 0 };
    case 'timestamps':
      return { ...state, timestamps: NEXT_TIMESTAMPS[state.timestamps] };
    case 'steps':
      return { ...state, steps: !state.steps };
    case 'expand':
      return expanded(state, store, size);
    case 'clear':
      return following({ ...state, clearedUpTo: store.lastId });
    case 'undo-clear':
      return state.clearedUpTo === 0 ? state : { ...state, clearedUpTo: 0 };
    case 'next-service':
      return { ...state, service: serviceBeside(state, store, 1) };
    case 'previous-service':
      return { ...state, service: serviceBeside(state, store, -1) };
    case 'back':
      return wentBack(state);
    case 'copy':
      return state;
  }
}

const NEXT_LEVEL: Readonly<Record<LogLevel | 'all', LogLevel | undefined>> = {
  all: 'info',
  trace: 'debug',
  debug: 'info',
  info: 'warn',
  warn: 'error',
  error: undefined,
  fatal: undefined,
};

const NEXT_TIMESTAMPS: Readonly<Record<TimestampStyle, TimestampStyle>> = { off: 'clock', clock: 'full', full: 'off' };

/** Only as far as a line on the screen goes. */
function shifted(state: LogsState, store: LogStore, view: LogsView): LogsState {
  const isMore = view.window.shown.some(({ entry }) => view.layout.pieces(entry).some(({ isCutAfter }) => isCutAfter));
  const shift = Math.min(TEXT_LIMIT, state.shift + SHIFT);
  return state.wrap || !isMore || store.entries.length === 0 ? state : { ...state, shift };
}

/** The line of the cursor is shown whole, as far as it fits on the screen, or as the others again. */
function expanded(state: LogsState, store: LogStore, size: Size): LogsState {
  const view = viewOf(state, store, size);
  const entry = view.selection.entries[view.cursor.index];
  if (entry === undefined) return state;
  const changed = { ...state, expanded: state.expanded === entry.id ? undefined : entry.id };
  const height = viewOf(changed, store, size).layout.height(entry);
  const row = Math.max(0, Math.min(view.cursor.row, view.bodyRows - height));
  return paused(changed, store, entry, row);
}

/** All services are one of the choices. */
function serviceBeside({ service }: LogsState, store: LogStore, by: 1 | -1): string | undefined {
  const choices = [undefined, ...store.services];
  return choices[(choices.indexOf(service) + by + choices.length) % choices.length];
}

function wentBack(state: LogsState): LogsState {
  if (state.search !== undefined) return { ...state, search: undefined, jump: undefined };
  if (state.filters.length === 0 && state.level === undefined) return state;
  return { ...state, filters: [], level: undefined };
}
