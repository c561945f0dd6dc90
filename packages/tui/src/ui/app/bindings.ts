import type { KeyBinding } from '../keys/key-binding.ts';
import { LOGS_KEYS, type LogsKeyAction } from '../logs/logs-keys.ts';
import type { ScreenName } from './ui-state.ts';

/** Things to do with one service: the one under the cursor, or the one that is open. */
export type ServiceAction =
  | 'show-logs'
  | 'rebuild'
  | 'restart'
  | 'pause'
  | 'open-url'
  | 'copy-url'
  | 'shell'
  | 'scale-up'
  | 'scale-down'
  | 'scale'
  | 'delete-pod'
  | 'roll-back'
  | 'forward'
  | 'remove-forward';

/** Things to do with the project, or with the screen, from everywhere. */
export type ProjectAction =
  | 'help'
  | 'palette'
  | 'all-logs'
  | 'pause-all'
  | 'quit'
  | 'step-aside'
  | 'start-daemon'
  | 'stop-daemon'
  | 'delete-all';

export type OverviewAction =
  | 'move-up'
  | 'move-down'
  | 'move-page-up'
  | 'move-page-down'
  | 'move-first'
  | 'move-last'
  | 'next-unhealthy'
  | 'open';

export type DetailAction =
  | 'scroll-up'
  | 'scroll-down'
  | 'scroll-page-up'
  | 'scroll-page-down'
  | 'scroll-first'
  | 'scroll-last'
  | 'next-service'
  | 'previous-service'
  | 'back';

export const SERVICE_KEYS: readonly KeyBinding<ServiceAction>[] = [
  { keys: ['l'], action: 'show-logs', title: 'show logs', hint: 'logs' },
  { keys: ['r'], action: 'rebuild', title: 'rebuild', hint: 'rebuild' },
  { keys: ['R'], action: 'restart', title: 'restart its containers', hint: 'restart' },
  { keys: ['o'], action: 'open-url', title: 'open in the browser', hint: 'open' },
  { keys: ['p'], action: 'pause', title: 'pause, or resume', hint: 'pause' },
  { keys: ['x'], action: 'shell', title: 'open a shell in a container', hint: 'shell' },
  { keys: ['y'], action: 'copy-url', title: 'copy its address' },
  { keys: ['+'], action: 'scale-up', title: 'add a replica' },
  { keys: ['-'], action: 'scale-down', title: 'remove a replica' },
  { keys: ['s'], action: 'scale', title: 'set the number of replicas' },
  { keys: ['b'], action: 'roll-back', title: 'roll back to an earlier build' },
  { keys: ['f'], action: 'forward', title: 'forward a port' },
  { keys: ['F'], action: 'remove-forward', title: 'remove a forward' },
  { keys: ['D'], action: 'delete-pod', title: 'delete a pod' },
];

export const PROJECT_KEYS: readonly KeyBinding<ProjectAction>[] = [
  { keys: ['?'], action: 'help', title: 'show all keys', hint: 'help' },
  { keys: [':', 'ctrl-p'], action: 'palette', title: 'find an action or a service', hint: 'find' },
  { keys: ['q', 'ctrl-c'], action: 'quit', title: 'leave; everything keeps running', hint: 'leave' },
  { keys: ['L'], action: 'all-logs', title: 'show the logs of all services' },
  { keys: ['P'], action: 'pause-all', title: 'pause all services, or resume them' },
  { keys: ['S'], action: 'start-daemon', title: 'start the daemon, where none runs' },
  { keys: ['Q'], action: 'stop-daemon', title: 'stop the daemon; the cluster stays as it is' },
  { keys: ['X'], action: 'delete-all', title: 'delete all that devloop applied, and stop' },
  { keys: ['ctrl-z'], action: 'step-aside', title: 'step aside to the shell' },
];

const OVERVIEW_MOVES: readonly KeyBinding<OverviewAction>[] = [
  { keys: ['enter'], action: 'open', title: 'show details', hint: 'details' },
  { keys: ['!', 'e'], action: 'next-unhealthy', title: 'go to the next service that is not well', hint: 'next failed' },
  { keys: ['j', 'down', 'wheel-down'], action: 'move-down', title: 'next service', motion: true },
  { keys: ['k', 'up', 'wheel-up'], action: 'move-up', title: 'previous service', motion: true },
  { keys: ['ctrl-f', 'page-down', 'ctrl-d'], action: 'move-page-down', title: 'a page down', motion: true },
  { keys: ['ctrl-b', 'page-up', 'ctrl-u'], action: 'move-page-up', title: 'a page up', motion: true },
  { keys: ['g', 'home'], action: 'move-first', title: 'first service', motion: true },
  { keys: ['G', 'end'], action: 'move-last', title: 'last service', motion: true },
];

const DETAIL_MOVES: readonly KeyBinding<DetailAction>[] = [
  { keys: ['escape', 'h', 'left', 'backspace'], action: 'back', title: 'back to all services', hint: 'back' },
  { keys: ['j', 'down', 'wheel-down'], action: 'scroll-down', title: 'scroll down', motion: true },
  { keys: ['k', 'up', 'wheel-up'], action: 'scroll-up', title: 'scroll up', motion: true },
  { keys: ['ctrl-f', 'page-down', 'ctrl-d', 'space'], action: 'scroll-page-down', title: 'a page down', motion: true },
  { keys: ['ctrl-b', 'page-up', 'ctrl-u'], action: 'scroll-page-up', title: 'a page up', motion: true },
  { keys: ['g', 'home'], action: 'scroll-first', title: 'to the top', motion: true },
  { keys: ['G', 'end'], action: 'scroll-last', title: 'to the end', motion: true },
  { keys: ['tab', ']'], action: 'next-service', title: 'details of the next service', motion: true },
  { keys: ['shift-tab', '['], action: 'previous-service', title: 'details of the previous service', motion: true },
];

export const OVERVIEW_KEYS: readonly KeyBinding<OverviewAction | ServiceAction | ProjectAction>[] = [
  ...OVERVIEW_MOVES,
  ...SERVICE_KEYS,
  ...PROJECT_KEYS,
];

export const DETAIL_KEYS: readonly KeyBinding<DetailAction | ServiceAction | ProjectAction>[] = [
  ...DETAIL_MOVES,
  ...SERVICE_KEYS,
  ...PROJECT_KEYS,
];

/** What of the project and of a service can be done on the logs screen: what has a key there that is not taken. */
export const LOGS_PROJECT_KEYS = withoutTaken(PROJECT_KEYS, LOGS_KEYS);
export const LOGS_SERVICE_KEYS = withoutTaken(SERVICE_KEYS, LOGS_KEYS);

export const LOGS_SCREEN_KEYS: readonly KeyBinding<LogsKeyAction | ServiceAction | ProjectAction>[] = [
  ...LOGS_KEYS,
  ...LOGS_SERVICE_KEYS,
  ...LOGS_PROJECT_KEYS,
];

/** All keys of each screen. */
export const SCREEN_KEYS: Readonly<Record<ScreenName, readonly KeyBinding[]>> = {
  overview: OVERVIEW_KEYS,
  detail: DETAIL_KEYS,
  logs: LOGS_SCREEN_KEYS,
};

function withoutTaken<Action extends string>(
  bindings: readonly KeyBinding<Action>[],
  taken: readonly KeyBinding[],
): KeyBinding<Action>[] {
  return bindings
    .map((binding) => ({
      ...binding,
      keys: binding.keys.filter((key) => !taken.some(({ keys }) => keys.includes(key))),
    }))
    .filter(({ keys, action }) => keys.length > 0 && action !== 'show-logs');
}
