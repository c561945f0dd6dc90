import type { KeyBinding } from '../keys/key-binding.ts';
import { keyText } from '../keys/key-text.ts';
import { fitRow, type Row, span } from '../paint/row.ts';
import { textWidth } from '../paint/text-width.ts';

/** Wide enough for two columns. */
const TWO_COLUMNS_FROM = 96;

/** Every key of a screen and what it does: the table that binds them, written out. */
export function helpRows(bindings: readonly KeyBinding[], columns: number): Row[] {
  const doing = bindings.filter(({ motion }) => !motion);
  const moving = bindings.filter(({ motion }) => motion);
  const ordered = [...doing, ...moving];
  const keyWidth = Math.max(...ordered.map((binding) => textWidth(keysText(binding))));
  const rows = ordered.map((binding): Row => {
    const keys = keysText(binding);
    return [span(keys.padStart(keys.length + keyWidth - textWidth(keys)), { bold: true }), span(`  ${binding.title}`)];
  });
  if (columns < TWO_COLUMNS_FROM) return rows;
  const half = Math.ceil(rows.length / 2);
  const width = Math.floor(columns / 2);
  return rows.slice(0, half).map((row, index) => [...fitRow(row, width), ...(rows[half + index] ?? [])]);
}

function keysText({ keys }: KeyBinding): string {
  return keys
    .filter((key) => !key.startsWith('wheel-'))
    .map(keyText)
    .join(' ');
}
