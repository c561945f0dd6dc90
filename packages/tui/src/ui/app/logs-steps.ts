import type { KeyName } from '../keys/key-binding.ts';
import { bindingOf } from '../keys/key-text.ts';
import { logsCopyText } from '../logs/copy-text.ts';
import { LOGS_KEYS } from '../logs/logs-keys.ts';
import { logsCapturesText } from '../logs/logs-state.ts';
import { type LogsAction, reduceLogs } from '../logs/reduce-logs.ts';
import { refuse, type Step, step, type UiView } from './step.ts';
import type { UiState } from './ui-state.ts';

/** Rows that one notch of the wheel is worth. */
const WHEEL_ROWS = 3;

/** What a key does on the logs screen; undefined where it is none of its own. */
export function logsKey(state: UiState, key: KeyName, view: UiView): Step | undefined {
  if (key === 'wheel-up' || key === 'wheel-down') {
    return step(logsState(state, { type: 'scroll', rows: key === 'wheel-up' ? -WHEEL_ROWS : WHEEL_ROWS }, view));
  }
  if (logsCapturesText(state.logs)) {
    return step(logsState(state, { type: 'typed', key: key === 'ctrl-c' ? 'escape' : key }, view));
  }
  const action = bindingOf(LOGS_KEYS, key)?.action;
  if (action === undefined) return undefined;
  if (action === 'copy') return copied(state, view);
  const next = logsState(state, { type: 'key', action }, view);
  // there was nothing in the screen to leave
  if (action === 'back' && next.logs === state.logs) return step({ ...state, screen: state.logsFrom });
  return step(next);
}

/** The state after something has happened to the logs; the cursor of the overview goes along with the service. */
export function logsState(state: UiState, action: LogsAction, view: UiView): UiState {
  const logs = reduceLogs(state.logs, action, view.logs, view.body);
  const { service } = logs;
  const selected = service !== undefined && service !== state.logs.service ? service : state.selected;
  return { ...state, logs, selected };
}

/** Opens the logs screen on one service, or on all. */
export function openLogs(state: UiState, service: string | undefined, view: UiView): UiState {
  const logsFrom = state.screen === 'logs' ? state.logsFrom : state.screen;
  return { ...logsState(state, { type: 'select-service', service }, view), screen: 'logs', logsFrom };
}

function copied(state: UiState, view: UiView): Step {
  const text = logsCopyText(state.logs, view.logs);
  if (text === undefined) return refuse(state, 'There is no line to copy.', 'Wait for one');
  return step(state, { is: 'copy', text, what: 'the line' });
}
