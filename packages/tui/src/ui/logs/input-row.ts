import { cutRow, type Row, rowWidth, span, spreadRow } from '../paint/row.ts';
import { textWidth } from '../paint/text-width.ts';
import { CellText } from './cells.ts';
import { safeText } from './log-text.ts';
import type { AskedFor, Asking } from './logs-state.ts';

const PROMPTS: Readonly<Record<AskedFor, string>> = { search: 'search ', keep: 'only ', drop: 'without ' };

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text being typed with its cursor, and why it is no pattern. */
export function inputRow({ what, input, error }: Asking, columns: number): Row {
  const prompt = span(columns < 24 ? '' : PROMPTS[what], { tone: 'accent', bold: true });
  const [under = { segment: '' }] = graphemes.segment(input.text.slice(input.cursor));
  const cursor = safeText(under.segment) || ' ';
  const after = safeText(input.text.slice(input.cursor + under.segment.length));
  const room = columns - rowWidth([prompt]) - textWidth(cursor);
  const before = endOf(safeText(input.text.slice(0, input.cursor)), room);
  const typed: Row = [prompt, span(before), span(cursor, { inverse: true }), span(after)];
  if (error !== undefined) return spreadRow(typed, [span(`✗ ${safeText(error)}`, { tone: 'bad' })], columns);
  if (input.text === '') return spreadRow(typed, [span('text or /regex/', { tone: 'quiet' })], columns);
  return cutRow(typed, columns);
}

/** The end of the text in at most so many cells. */
function endOf(text: string, columns: number): string {
  const missing = textWidth(text) - Math.max(0, columns);
  if (missing <= 0) return text;
  const cells = new CellText(text);
  let end = cells.endOf(0, missing);
  while (end < text.length && textWidth(text.slice(end)) > columns) end = cells.afterGrapheme(end);
  return text.slice(end);
}
