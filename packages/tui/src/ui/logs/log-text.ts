import { plainText } from '../../wording/plain-text.ts';

/** Characters of a line that are searched, filtered and shown at most; longer ones are copied whole all the same. */
export const TEXT_LIMIT = 10_000;

/** Characters at the end of a long line in which the beginning of its last drawing is looked for. */
const REDRAW_REACH = 20_000;

/** Only characters that neither act on a terminal nor join with others: Latin, Greek, Cyrillic, symbols, CJK. */
const PRINTABLE =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u2190-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\u9fff\uac00-\ud7a3\uff01-\uff9d\uffe0-\uffe6]*$/;

/** What a terminal may act on or count otherwise than we do: direction marks, invisible fillers, line separators. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]/gu;

/** Of those, what emoji and scripts are composed with: joiners, variation selectors, tags of flags. */
const COMPOSING = /\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0020}-\u{e007f}]/u;

/** Marks stacked on one character without end. */
const STACKED_MARKS = /(\p{M}{6})\p{M}+/gu;

/** Whether the text can be painted as it is. */
export function isPrintable(foreign: string): boolean {
  return PRINTABLE.test(foreign);
}

/** Foreign text made safe to paint, so that it takes the cells that are counted for it. */
export function safeText(foreign: string): string {
  if (PRINTABLE.test(foreign)) return foreign;
  return plainText(foreign)
    .toWellFormed()
    .replace(INVISIBLE, (character) => (COMPOSING.test(character) ? character : ''))
    .replace(STACKED_MARKS, '$1');
}

/** The safe beginning of a line, from at most `limit` of its characters; of one that was redrawn, its last drawing. */
export function visibleText(foreign: string, limit: number): string {
  if (foreign.length <= limit) return safeText(foreign);
  const drawn = foreign.slice(lastDrawing(foreign));
  return safeText(upTo(drawn, limit));
}

/** Where the last drawing begins that shows anything, as far as the reach goes. */
function lastDrawing(foreign: string): number {
  const reach = Math.max(0, foreign.length - REDRAW_REACH);
  const tail = foreign.slice(reach).trimEnd();
  const start = tail.lastIndexOf('\r') + 1;
  return start === 0 || safeText(tail.slice(start)) === '' ? 0 : reach + start;
}

/** The first `limit` code units, without half a character at the end. */
function upTo(text: string, limit: number): string {
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
