import type { LogLine } from '@devloop/shared/protocol/stream-message';
import type { KeyName } from '../keys/key-binding.ts';
import type { Row, Size } from '../paint/row.ts';
import { LogStore } from './log-store.ts';
import type { LogsKeyAction } from './logs-keys.ts';
import { logsRows } from './logs-rows.ts';
import { initialLogs, type LogsState } from './logs-state.ts';
import { type LogsAction, logsHasWork, reduceLogs } from './reduce-logs.ts';

/** A time stamp so many milliseconds after a fixed hour. */
export function at(milliseconds: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12) + milliseconds).toISOString();
}

/** Texts a millisecond apart. */
export function lines(texts: readonly string[], from = 0): LogLine[] {
  return texts.map((text, index) => [at(from + index), text]);
}

/** Adds the lines to a store as those of the only container of a service. */
export function say(store: LogStore, service: string, texts: readonly string[], from = 0): void {
  store.add({ type: 'lines', service, pod: `${service}-7d9f-abcde`, container: service, lines: lines(texts, from) });
}

/** `line-0`, `line-1`, … */
export function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `line-${from + index}`);
}

/** Row as text, without styles. */
export function rowText(row: Row): string {
  return row.map(({ text }) => text).join('');
}

/** A user in front of the logs screen. */
export class LogsUser {
  readonly store: LogStore;
  readonly size: Size;
  state: LogsState;

  constructor(store: LogStore, size: Size = { columns: 80, rows: 11 }, state: LogsState = initialLogs()) {
    this.store = store;
    this.size = size;
    this.state = state;
  }

  does(action: LogsAction): void {
    this.state = reduceLogs(this.state, action, this.store, this.size);
  }

  presses(...actions: LogsKeyAction[]): void {
    for (const action of actions) this.does({ type: 'key', action });
  }

  types(text: string, ...keys: KeyName[]): void {
    for (const key of [...text, ...keys]) this.does({ type: 'typed', key });
  }

  /** Until all filters and searches are evaluated; returns how many steps that took. */
  waits(): number {
    let steps = 0;
    for (; logsHasWork(this.state, this.store); steps += 1) this.does({ type: 'work' });
    return steps;
  }

  sees(): string[] {
    return logsRows(this.state, this.store, this.size).map(rowText);
  }

  /** The first row. */
  status(): string {
    return this.sees()[0] ?? '';
  }

  /** As {@link textsSoFar} when all filters are evaluated, for which a busy machine may take more than one step. */
  texts(): string[] {
    this.waits();
    return this.textsSoFar();
  }

  /** The texts of the lines of `web` and `db` on the screen, without what is before them but `> ` for the cursor. */
  textsSoFar(): string[] {
    return this.sees()
      .slice(1)
      .map((row) =>
        row.replace(/^.(?:(?:web|db) *)?[ ›»┄] \s*/, (margin) => (margin.startsWith('▸') ? '> ' : '')).trimEnd(),
      )
      .filter((text) => text !== '');
  }
}

/** A user of a screen with ten rows for lines, all of the service `web`. */
export function userOf(texts: readonly string[]): LogsUser {
  const store = new LogStore();
  say(store, 'web', texts);
  return new LogsUser(store);
}
