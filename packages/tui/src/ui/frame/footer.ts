import { SCREEN_KEYS } from '../app/bindings.ts';
import type { Overlay } from '../app/overlay.ts';
import type { UiState } from '../app/ui-state.ts';
import type { KeyBinding } from '../keys/key-binding.ts';
import { keyText } from '../keys/key-text.ts';
import { logsCapturesText } from '../logs/logs-state.ts';
import { type Row, rowWidth, type Span, span } from '../paint/row.ts';

/** Keys with what they do, in a word or two. */
type Hints = readonly (readonly [string, string])[];

const OVERLAY_HINTS: Readonly<Record<Overlay['is'], Hints>> = {
  help: [
    ['Esc', 'close'],
    ['j k', 'scroll'],
  ],
  palette: [
    ['Enter', 'do it'],
    ['↑ ↓', 'choose'],
    ['Esc', 'close'],
  ],
  confirm: [
    ['y', 'yes'],
    ['n', 'no'],
    ['j k', 'scroll'],
  ],
  prompt: [
    ['Enter', 'accept'],
    ['Esc', 'cancel'],
  ],
  choose: [
    ['Enter', 'choose'],
    ['j k', 'move'],
    ['Esc', 'cancel'],
  ],
};

/** The keys that work now, as many as fit. */
export function footerRow(state: UiState, columns: number): Row {
  const row: Span[] = [];
  for (const [key, hint] of hintsOf(state)) {
    const next = [
      ...(row.length === 0 ? [] : [span('  ')]),
      span(key, { bold: true }),
      span(` ${hint}`, { tone: 'quiet' }),
    ] as const;
    if (rowWidth([...row, ...next]) > columns) break;
    row.push(...next);
  }
  return row;
}

function hintsOf({ overlay, screen, logs }: UiState): Hints {
  if (overlay !== undefined) return OVERLAY_HINTS[overlay.is];
  if (screen === 'logs' && logsCapturesText(logs)) return OVERLAY_HINTS.prompt;
  return hintsFrom(SCREEN_KEYS[screen]);
}

/** Help and the way out come first: they are what is missed most where there is little room. */
function hintsFrom(bindings: readonly KeyBinding[]): Hints {
  const hints = bindings.filter(({ hint }) => hint !== undefined);
  const first = hints.filter(({ action }) => action === 'help' || action === 'quit' || action === 'palette');
  return [...first, ...hints.filter((binding) => !first.includes(binding))].map(
    ({ keys, hint = '' }) => [keyText(keys[0] ?? ''), hint] as const,
  );
}
