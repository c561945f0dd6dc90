import { CellText } from './cells.ts';
import type { LogEntry } from './log-entry.ts';
import type { LogReader } from './log-reader.ts';
import { safeText, TEXT_LIMIT } from './log-text.ts';
import { prettyJson } from './pretty-json.ts';

export interface LayoutOptions {
  /** Cells for the text; at least one. */
  readonly columns: number;
  readonly wrap: boolean;
  readonly json: boolean;
  /** Id of the line that is shown whole whatever the other options say. */
  readonly expanded: number | undefined;
  /** Cells that are left out at the left of lines that are not wrapped. */
  readonly shift: number;
}

/** What one row shows of a text. */
export interface Piece {
  readonly of: CellText;
  readonly start: number;
  readonly end: number;
  /** Text is left out before, after: marked with `…`, which takes a cell. */
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
}

/** How many code units are read for a cell at first: most text has one, coloured text has more. */
const UNITS_PER_CELL = 2;
const SPARE_UNITS = 200;

const MARK_TEXT: Readonly<Partial<Record<LogEntry['source'], string>>> = {
  gap: '… lines are missing here: ',
  crash: '✗ ',
};

/** Which rows each line takes. For one frame: what was laid out is remembered. */
export class EntryLayout {
  readonly #reader: LogReader;
  readonly #options: LayoutOptions;
  readonly #pieces = new Map<LogEntry, readonly Piece[]>();

  constructor(reader: LogReader, options: LayoutOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  /** How many rows the line takes; at least one. Its text is looked at only where that matters. */
  height(entry: LogEntry): number {
    return this.#isOneRow(entry) ? 1 : this.pieces(entry).length;
  }

  /** The rows of the line; at least one. */
  pieces(entry: LogEntry): readonly Piece[] {
    const known = this.#pieces.get(entry);
    if (known !== undefined) return known;
    const pieces = this.#lay(entry);
    this.#pieces.set(entry, pieces);
    return pieces;
  }

  #lay(entry: LogEntry): readonly Piece[] {
    const pretty = this.#isPretty(entry) ? prettyJson(entry.text) : undefined;
    const isWrapped = this.#options.wrap || entry.id === this.#options.expanded;
    if (pretty !== undefined) {
      const lines = pretty.map((line) => new CellText(safeText(line)));
      return lines.flatMap((line) => (isWrapped ? this.#wrapped(line) : [this.#cut(line)]));
    }
    const mark = MARK_TEXT[entry.source] ?? '';
    if (!isWrapped) return [this.#cutOf(entry, mark)];
    const isLonger = entry.length > TEXT_LIMIT;
    return this.#wrapped(new CellText(mark + this.#reader.text(entry)), isLonger);
  }

  #isOneRow(entry: LogEntry): boolean {
    const { wrap, expanded } = this.#options;
    return !wrap && entry.id !== expanded && !this.#isPretty(entry);
  }

  #isPretty(entry: LogEntry): boolean {
    return (this.#options.json || entry.id === this.#options.expanded) && /^\s{0,20}[{[]/.test(entry.text);
  }

  /** Reads no more of the text than may be seen. */
  #cutOf(entry: LogEntry, mark: string): Piece {
    const { shift, columns } = this.#options;
    const guess = Math.min(TEXT_LIMIT, (shift + columns) * UNITS_PER_CELL + SPARE_UNITS);
    const piece = this.#cut(new CellText(mark + this.#reader.text(entry, guess)));
    if (piece.isCutAfter || entry.length <= guess) return piece;
    const whole = this.#cut(new CellText(mark + this.#reader.text(entry)));
    return entry.length > TEXT_LIMIT && !whole.isCutAfter ? this.#cut(whole.of, true) : whole;
  }

  #cut(of: CellText, isLonger = false): Piece {
    const { shift, columns } = this.#options;
    const isCutBefore = shift > 0 && of.text !== '';
    const start = isCutBefore ? of.endOf(0, shift + 1) : 0;
    const room = columns - (isCutBefore ? 1 : 0);
    const end = of.endOf(start, room);
    if (end === of.text.length && !isLonger) return { of, start, end, isCutBefore, isCutAfter: false };
    if (room < 1) return { of, start, end: start, isCutBefore, isCutAfter: false };
    return { of, start, end: of.endOf(start, room - 1), isCutBefore, isCutAfter: true };
  }

  #wrapped(of: CellText, isLonger = false): Piece[] {
    const { columns } = this.#options;
    const pieces: Piece[] = [];
    let start = 0;
    while (start < of.text.length) {
      const end = of.endOf(start, columns);
      // a wide character where there is but one cell shows as left out
      pieces.push({ of, start, end, isCutBefore: false, isCutAfter: end === start });
      start = end === start ? of.afterGrapheme(start) : end;
    }
    const { length } = of.text;
    if (isLonger) pieces.push({ of, start: length, end: length, isCutBefore: false, isCutAfter: true });
    if (pieces.length === 0) pieces.push({ of, start: 0, end: 0, isCutBefore: false, isCutAfter: false });
    return pieces;
  }
}
