import { type Row, type Span, span } from '../paint/row.ts';
import type { Style } from '../paint/style.ts';
import { textWidth } from '../paint/text-width.ts';
import type { Piece } from './entry-layout.ts';
import { isStep, type LogEntry } from './log-entry.ts';
import { NO_LEVEL, rankOf } from './log-level.ts';
import type { LogPattern, TextRange } from './log-pattern.ts';
import type { LogReader } from './log-reader.ts';
import type { LogMargin } from './logs-view.ts';

/** Marks behind the label that tell what is no output of a running container, with and without colours. */
const SOURCE_MARKS: Readonly<Record<LogEntry['source'], string>> = {
  run: ' ',
  build: '›',
  beforeBuild: '»',
  afterReady: '»',
  gap: '┄',
  crash: '┄',
};

/** How the lines of a frame are painted. */
export interface EntryPaint {
  readonly margin: LogMargin;
  readonly reader: LogReader;
  /** What is highlighted. */
  readonly search: LogPattern | undefined;
}

/**
 * Rows of a line.
 *
 * @param pieces what they show
 * @param skipped how many rows the line has before these
 */
export function entryRows(
  entry: LogEntry,
  pieces: readonly Piece[],
  skipped: number,
  isCursor: boolean,
  paint: EntryPaint,
): Row[] {
  const style = textStyle(entry, paint.reader);
  const found = new Map<string, readonly TextRange[]>();
  return pieces.map((piece, index) => {
    const { text } = piece.of;
    const ranges = found.get(text) ?? paint.search?.ranges(text) ?? [];
    found.set(text, ranges);
    return [...marginSpans(entry, index + skipped === 0, isCursor, paint.margin), ...pieceSpans(piece, ranges, style)];
  });
}

function marginSpans(entry: LogEntry, isFirst: boolean, isCursor: boolean, margin: LogMargin): Span[] {
  if (!margin.hasMarks) return [];
  const { labels, time } = margin;
  const label = isFirst ? labels.of(entry.origin) : '';
  const padded = label + ' '.repeat(Math.max(0, labels.width - textWidth(label)));
  const quiet: Style = { tone: 'quiet' };
  const written = time?.(entry);
  return [
    isCursor ? span(isFirst ? '▸' : '│', { tone: 'accent', bold: true }) : span(' '),
    ...(written === undefined ? [] : [span(`${isFirst ? written : ' '.repeat(written.length)} `, quiet)]),
    ...(labels.width === 0 ? [] : [span(padded, { service: entry.origin.service, inverse: isCursor && isFirst })]),
    span(`${SOURCE_MARKS[entry.source]} `, quiet),
  ];
}

function pieceSpans(piece: Piece, ranges: readonly TextRange[], style: Style): Span[] {
  const spans: Span[] = [];
  const add = (start: number, end: number, isFound: boolean) => {
    if (end > start) spans.push(span(piece.of.text.slice(start, end), isFound ? { ...style, inverse: true } : style));
  };
  if (piece.isCutBefore) spans.push(span('…', { tone: 'quiet' }));
  let at = piece.start;
  for (const range of ranges) {
    if (range.end <= at || range.start >= piece.end) continue;
    const whole = piece.of.wholeGraphemes(Math.max(at, range.start), Math.min(piece.end, range.end));
    const start = Math.max(at, whole.start);
    const end = Math.min(piece.end, whole.end);
    add(at, start, false);
    add(start, end, true);
    at = Math.max(at, end);
  }
  add(at, piece.end, false);
  if (piece.isCutAfter) spans.push(span('…', { tone: 'quiet' }));
  return spans;
}

function textStyle(entry: LogEntry, reader: LogReader): Style {
  if (entry.source === 'crash') return { tone: 'bad', bold: true };
  if (entry.source === 'gap') return { tone: 'warning' };
  const rank = reader.ownRank(entry);
  if (rank === NO_LEVEL) return isStep(entry) ? { tone: 'quiet' } : {};
  if (rank >= rankOf('error')) return { tone: 'bad' };
  if (rank >= rankOf('warn')) return { tone: 'warning' };
  return rank < rankOf('info') || isStep(entry) ? { tone: 'quiet' } : {};
}
