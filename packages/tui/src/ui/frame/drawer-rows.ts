import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';
import { SCREEN_KEYS } from '../app/bindings.ts';
import type { Overlay } from '../app/overlay.ts';
import type { UiState } from '../app/ui-state.ts';
import type { TextInput } from '../input/text-input.ts';
import { keyText } from '../keys/key-text.ts';
import { ruleRow } from '../overview/panel-rows.ts';
import { cutRow, fitRow, type Row, type Size, type Span, span, spreadRow } from '../paint/row.ts';
import { textWidth } from '../paint/text-width.ts';
import { matchEntries, paletteEntries } from '../palette/entries.ts';
import { helpRows } from './help-rows.ts';

const PALETTE_ROWS = 12;

/** What lies over the lower part of the screen, at most as many rows as there are. */
export function drawerRows(state: UiState, services: readonly ServiceSnapshot[], size: Size): Row[] {
  const { overlay } = state;
  if (overlay === undefined) return [];
  const room = { columns: size.columns, rows: Math.max(0, size.rows - 1) };
  const [title, rows] = content(overlay, state, services, room);
  return [ruleRow(title, size.columns), ...rows.slice(0, room.rows)]
    .map((row) => cutRow(row, size.columns))
    .slice(0, size.rows);
}

function content(
  overlay: Overlay,
  state: UiState,
  services: readonly ServiceSnapshot[],
  size: Size,
): readonly [string, readonly Row[]] {
  switch (overlay.is) {
    case 'help':
      return ['keys', scrolled(helpRows(SCREEN_KEYS[state.screen], size.columns), overlay.scroll, size)];
    case 'confirm':
      return [overlay.question, scrolled(overlay.rows, overlay.scroll, size)];
    case 'prompt':
      return [
        overlay.question,
        [
          [span('> '), ...inputSpans(overlay.input)],
          ...(overlay.problem === '' ? [] : [[span(`✗ ${overlay.problem}`, { tone: 'bad' as const })]]),
        ],
      ];
    case 'choose': {
      const rows = overlay.choices.map(({ label }): Row => [span(label)]);
      return [overlay.question, listRows(rows, overlay.cursor, size)];
    }
    case 'palette': {
      const found = matchEntries(paletteEntries(services, state), overlay.input.text);
      const cursor = Math.min(overlay.cursor, Math.max(0, found.length - 1));
      const rows = found.map(({ label, key }) =>
        spreadRow([span(label)], key === undefined ? [] : [span(keyText(key), { tone: 'quiet' })], size.columns - 2),
      );
      const list = { columns: size.columns, rows: Math.min(PALETTE_ROWS, size.rows) - 1 };
      return [
        'find',
        [
          [span('> '), ...inputSpans(overlay.input)],
          ...(rows.length === 0
            ? [[span('  Nothing fits.', { tone: 'quiet' as const })]]
            : listRows(rows, cursor, list)),
        ],
      ];
    }
  }
}

/** A window over rows that do not all fit; the last row says how many are below. */
function scrolled(rows: readonly Row[], scroll: number, size: Size): Row[] {
  if (rows.length <= size.rows) return [...rows];
  const from = Math.min(scroll, rows.length - size.rows);
  const shown = rows.slice(from, from + size.rows);
  const below = rows.length - from - shown.length;
  if (below === 0) return shown;
  return [...shown.slice(0, -1), [span(`… ${below + 1} more below`, { tone: 'quiet' })]];
}

/** A list with a cursor, as much of it as fits around the cursor. */
function listRows(rows: readonly Row[], cursor: number, size: Size): Row[] {
  const count = Math.max(0, Math.min(rows.length, size.rows));
  const first = Math.max(0, Math.min(cursor - Math.floor(count / 2), rows.length - count));
  return rows.slice(first, first + count).map((row, index) => {
    if (first + index !== cursor) return [span('  '), ...row];
    const text = row.map((piece) => piece.text).join('');
    return fitRow([span(`› ${text}`, { inverse: true })], size.columns, { inverse: true });
  });
}

/** The line that is typed, the cell under the cursor inverse. */
function inputSpans({ text, cursor }: TextInput): Span[] {
  const under = [...new Intl.Segmenter().segment(text.slice(cursor))][0]?.segment ?? '';
  return [
    span(text.slice(0, cursor)),
    span(textWidth(under) === 0 ? ' ' : under, { inverse: true }),
    span(text.slice(cursor + under.length)),
  ];
}
