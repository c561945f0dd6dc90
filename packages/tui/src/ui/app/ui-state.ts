import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import { initialLogs, type LogsState } from '../logs/logs-state.ts';
import type { Overlay } from './overlay.ts';

export type ScreenName = 'overview' | 'detail' | 'logs';

/** What came of something the user asked for. An error stays until a key is pressed. */
export type Toast =
  | { readonly is: 'done'; readonly text: string }
  | { readonly is: 'busy'; readonly text: string }
  | { readonly is: 'error'; readonly report: ErrorReport };

/** Everything that the user has brought about on the screen; what the daemon says is not in it. */
export interface UiState {
  readonly screen: ScreenName;
  /** The service under the cursor. */
  readonly selected: string | undefined;
  /** Rows of the detail screen that are above the window. */
  readonly detailScroll: number;
  readonly logs: LogsState;
  /** Where the logs screen goes back to. */
  readonly logsFrom: Exclude<ScreenName, 'logs'>;
  readonly overlay: Overlay | undefined;
  readonly toast: Toast | undefined;
}

export const INITIAL_STATE: UiState = {
  screen: 'overview',
  selected: undefined,
  detailScroll: 0,
  logs: initialLogs(),
  logsFrom: 'overview',
  overlay: undefined,
  toast: undefined,
};
