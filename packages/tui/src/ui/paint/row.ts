import type { Style } from './style.ts';
import { cutToWidth, textWidth } from './text-width.ts';

/** A run of text in one style. The text is safe to print: no control characters, no escape sequences. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** One line of a frame. Screens are lists of rows, each exactly as wide as the frame or narrower. */
export type Row = readonly Span[];

/** Space that a screen may fill, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export function span(text: string, style?: Style): Span {
  return style === undefined ? { text } : { text, style };
}

/** Cells that a row takes. */
export function rowWidth(row: Row): number {
  return row.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** The row cut to at most `columns` cells; what was cut is marked with `…`. */
export function cutRow(row: Row, columns: number): Row {
  const cut: Span[] = [];
  let left = columns;
  for (const [index, piece] of row.entries()) {
    const width = textWidth(piece.text);
    const isLast = index === row.length - 1;
    if (width < left || (width === left && isLast)) {
      cut.push(piece);
      left -= width;
      continue;
    }
    if (width === left && rowWidth(row.slice(index + 1)) === 0) {
      cut.push(piece);
      return cut;
    }
    const text = cutToWidth(piece.text, left);
    if (text !== '') cut.push({ ...piece, text });
    return cut;
  }
  return cut;
}

/** The row made exactly `columns` wide: cut, or filled with spaces of `style`. */
export function fitRow(row: Row, columns: number, style?: Style): Row {
  const cut = cutRow(row, columns);
  const missing = columns - rowWidth(cut);
  return missing > 0 ? [...cut, span(' '.repeat(missing), style)] : cut;
}

/** A row with `right` at its right edge. Where both do not fit, `right` is cut first, then `left`. */
export function spreadRow(left: Row, right: Row, columns: number): Row {
  const fitted = cutRow(left, columns);
  const room = columns - rowWidth(fitted) - 1;
  if (room <= 0) return fitRow(fitted, columns);
  const edge = cutRow(right, room);
  return [...fitRow(fitted, columns - rowWidth(edge)), ...edge];
}
