import type { KeyBinding, KeyName } from './key-binding.ts';

const LABELS: Readonly<Record<KeyName, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  backspace: 'Backspace',
  delete: 'Del',
  space: 'Space',
  'wheel-up': 'wheel up',
  'wheel-down': 'wheel down',
};

/** A key as people read it. */
export function keyText(key: KeyName): string {
  const ctrl = /^ctrl-(.)$/u.exec(key)?.[1];
  if (ctrl !== undefined) return `Ctrl-${ctrl.toUpperCase()}`;
  return LABELS[key] ?? key;
}

/** What a key does, by the first of the bindings that has it. */
export function bindingOf<Action extends string>(
  bindings: readonly KeyBinding<Action>[],
  key: KeyName,
): KeyBinding<Action> | undefined {
  return bindings.find(({ keys }) => keys.includes(key));
}
