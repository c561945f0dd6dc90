import { graphemeWidth } from '../paint/text-width.ts';

/** Characters that never join with others, each of one cell or, in the second half, of two. */
const SIMPLE =
  /^[\u0020-\u007e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0377\u0384-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u2500-\u25a9\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;
const FIRST_WIDE = 0x3001;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Safe text of which pieces are asked for by cells. */
export class CellText {
  readonly text: string;
  readonly #isSimple: boolean;

  constructor(text: string) {
    this.text = text;
    this.#isSimple = SIMPLE.test(text);
  }

  /** Index after the last whole grapheme from `start` on that fits in so many cells. */
  endOf(start: number, columns: number): number {
    return this.#isSimple ? this.#endOfSimple(start, columns) : this.#endOfAny(start, columns);
  }

  /** Index after the grapheme that begins at `start`. */
  afterGrapheme(start: number): number {
    const [first] = graphemes.segment(this.text.slice(start, start + 200));
    return start + (first?.segment.length ?? 0);
  }

  /** The beginning of the grapheme that is at the index, and of the one after those before `end`. */
  wholeGraphemes(start: number, end: number): { readonly start: number; readonly end: number } {
    if (this.#isSimple) return { start, end };
    const segments = graphemes.segment(this.text);
    const last = end > start ? segments.containing(end - 1) : undefined;
    return {
      start: segments.containing(start)?.index ?? start,
      end: last === undefined ? end : last.index + last.segment.length,
    };
  }

  #endOfSimple(start: number, columns: number): number {
    let left = columns;
    let end = start;
    while (end < this.text.length) {
      left -= this.text.charCodeAt(end) >= FIRST_WIDE ? 2 : 1;
      if (left < 0) break;
      end += 1;
    }
    return end;
  }

  #endOfAny(start: number, columns: number): number {
    let left = columns;
    let end = start;
    for (const { segment } of graphemes.segment(this.text.slice(start))) {
      left -= graphemeWidth(segment);
      if (left < 0) break;
      end += segment.length;
    }
    return end;
  }
}
