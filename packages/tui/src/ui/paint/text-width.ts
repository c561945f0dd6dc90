import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Characters that take a cell each and join with none: Latin, Cyrillic, and the marks of the screen itself. */
const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u017f\u0400-\u0482\u2013\u2014\u2018-\u201d\u2026\u203a\u2190-\u2193\u2500-\u259f▲▸○◌●◐✓✗]*$/;

/** Widths of graphemes that took long to find. */
const widths = new Map<string, number>();
const WIDTHS_KEPT = 5000;

/** Cells that safe text takes: two for wide characters and emoji, none for combining marks. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  // escape sequences are none of safe text; the library leaves them out
  if (text.includes('\u001b') || text.includes('\u009b')) return stringWidth(text);
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** As {@link textWidth}, of one grapheme. */
export function graphemeWidth(grapheme: string): number {
  if (NARROW.test(grapheme)) return grapheme.length;
  const known = widths.get(grapheme);
  if (known !== undefined) return known;
  const width = stringWidth(grapheme);
  if (widths.size >= WIDTHS_KEPT) widths.clear();
  widths.set(grapheme, width);
  return width;
}

/** The beginning of the text in at most `columns` cells, whole graphemes only, ending in `…` where it was cut. */
export function cutToWidth(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (textWidth(text) <= columns) return text;
  return `${takeWidth(text, columns - 1)}…`;
}

/** The longest beginning of whole graphemes in at most `columns` cells. */
export function takeWidth(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (NARROW.test(text)) return text.slice(0, columns);
  let taken = 0;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = width + graphemeWidth(segment);
    if (next > columns) break;
    width = next;
    taken += segment.length;
  }
  return text.slice(0, taken);
}
