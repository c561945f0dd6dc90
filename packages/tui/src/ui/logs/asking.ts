import { pasteText, type TextInput, textInput, typeKey } from '../input/text-input.ts';
import type { KeyName } from '../keys/key-binding.ts';
import { compilePattern, type LogPattern } from './log-pattern.ts';
import type { AskedFor, Asking, LogsState } from './logs-state.ts';

/** The user is asked to type; what is typed shows at once. */
export function asked(state: LogsState, what: AskedFor): LogsState {
  return { ...state, asking: { what, input: textInput(), before: state } };
}

export function typed(state: LogsState, key: KeyName): LogsState {
  const { asking } = state;
  if (asking === undefined) return state;
  if (key === 'escape' || (key === 'backspace' && asking.input.text === '')) return restored(asking);
  if (key === 'enter') return entered(state, asking);
  const input = typeKey(asking.input, key);
  return input === undefined ? state : previewed(state, asking, input);
}

export function pasted(state: LogsState, text: string): LogsState {
  const { asking } = state;
  return asking === undefined ? state : previewed(state, asking, pasteText(asking.input, text));
}

/**
 * The state without patterns that take too long. While they are typed, the last one that did not stays.
 *
 * @param last the state that was good
 */
export function withoutSlow(state: LogsState, last: LogsState): LogsState {
  const isSlow = (pattern: LogPattern | undefined) => pattern?.isTooSlow === true;
  if (!isSlow(state.search) && !state.filters.some(({ pattern }) => isSlow(pattern))) return state;
  const quick: LogsState = {
    ...state,
    search: [state.search, last.search].find((pattern) => !isSlow(pattern)),
    filters: [state.filters, last.filters].find((filters) => !filters.some(({ pattern }) => isSlow(pattern))) ?? [],
  };
  const error = 'takes too long';
  return state.asking === undefined
    ? { ...quick, notice: `the expression ${error}` }
    : { ...quick, asking: { ...state.asking, error } };
}

function restored({ before }: Asking): LogsState {
  return before;
}

function entered(state: LogsState, asking: Asking): LogsState {
  if (asking.error !== undefined) return state;
  const { what, input, before } = asking;
  const done: LogsState = { ...state, asking: undefined };
  if (input.text !== '') return done;
  if (what === 'search') return { ...done, search: undefined };
  return { ...done, filters: before.filters.filter(({ keeps }) => keeps !== (what === 'keep')) };
}

function previewed(state: LogsState, asking: Asking, input: TextInput): LogsState {
  const { what, before } = asking;
  const next: LogsState = { ...state, asking: { what, input, before } };
  if (input.text === asking.input.text) return { ...next, asking: { ...asking, input } };
  if (input.text === '') {
    const search = what === 'search' ? undefined : before.search;
    const { filters, cursor, seen } = before;
    return { ...next, search, filters, cursor, seen, jump: undefined };
  }
  const compiled = compilePattern(input.text);
  if ('error' in compiled) return { ...next, asking: { what, input, before, error: compiled.error } };
  const { pattern } = compiled;
  if (what === 'search') return { ...next, search: pattern, cursor: before.cursor, seen: before.seen, jump: 'nearest' };
  return { ...next, filters: [...before.filters, { keeps: what === 'keep', pattern }] };
}
