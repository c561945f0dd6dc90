import type { KeyBinding } from '../keys/key-binding.ts';

export type LogsKeyAction =
  | 'down'
  | 'up'
  | 'half-page-down'
  | 'half-page-up'
  | 'page-down'
  | 'page-up'
  | 'top'
  | 'end'
  | 'left'
  | 'right'
  | 'follow'
  | 'search'
  | 'next-match'
  | 'previous-match'
  | 'keep'
  | 'drop'
  | 'level'
  | 'json'
  | 'wrap'
  | 'timestamps'
  | 'steps'
  | 'previous-crash'
  | 'next-crash'
  | 'clear'
  | 'undo-clear'
  | 'copy'
  | 'expand'
  | 'next-service'
  | 'previous-service'
  | 'back';

/** The keys of the logs screen. `copy` is for the shell to do, with `logsCopyText`. */
export const LOGS_KEYS: readonly KeyBinding<LogsKeyAction>[] = [
  { keys: ['f'], action: 'follow', title: 'follow the newest line, or stop', hint: 'follow' },
  { keys: ['/'], action: 'search', title: 'search', hint: 'search' },
  { keys: ['n'], action: 'next-match', title: 'go to the next match' },
  { keys: ['N'], action: 'previous-match', title: 'go to the previous match' },
  { keys: ['&'], action: 'keep', title: 'show only lines that match', hint: 'filter' },
  { keys: ['!'], action: 'drop', title: 'leave out lines that match', hint: 'leave out' },
  { keys: ['L'], action: 'level', title: 'change the least level shown', hint: 'level' },
  { keys: ['s'], action: 'next-service', title: 'show the next service', hint: 'service' },
  { keys: ['S'], action: 'previous-service', title: 'show the previous service' },
  { keys: ['['], action: 'previous-crash', title: 'go to the previous crash', hint: 'crash' },
  { keys: [']'], action: 'next-crash', title: 'go to the next crash' },
  { keys: ['w'], action: 'wrap', title: 'wrap long lines, or cut them', hint: 'wrap' },
  { keys: ['J'], action: 'json', title: 'spread JSON over lines, or not', hint: 'json' },
  { keys: ['t'], action: 'timestamps', title: 'show no time, time of day, date and time', hint: 'time' },
  { keys: ['b'], action: 'steps', title: 'show output of builds and hooks, or not', hint: 'builds' },
  { keys: ['enter'], action: 'expand', title: 'show the line whole, or not' },
  { keys: ['y'], action: 'copy', title: 'copy the line', hint: 'copy' },
  { keys: ['c'], action: 'clear', title: 'clear the view up to now' },
  { keys: ['C'], action: 'undo-clear', title: 'bring back what was cleared' },
  { keys: ['escape'], action: 'back', title: 'leave the search, then the filters' },
  { keys: ['j', 'down'], action: 'down', title: 'go a line down', motion: true },
  { keys: ['k', 'up'], action: 'up', title: 'go a line up', motion: true },
  { keys: ['ctrl-d'], action: 'half-page-down', title: 'go half a page down', motion: true },
  { keys: ['ctrl-u'], action: 'half-page-up', title: 'go half a page up', motion: true },
  { keys: ['page-down', 'space', 'ctrl-f'], action: 'page-down', title: 'go a page down', motion: true },
  { keys: ['page-up', 'ctrl-b'], action: 'page-up', title: 'go a page up', motion: true },
  { keys: ['g', 'home'], action: 'top', title: 'go to the first line', motion: true },
  { keys: ['G', 'end'], action: 'end', title: 'go to the newest line and follow', motion: true },
  { keys: ['left'], action: 'left', title: 'move cut lines to the left', motion: true },
  { keys: ['right'], action: 'right', title: 'move cut lines to the right', motion: true },
];
