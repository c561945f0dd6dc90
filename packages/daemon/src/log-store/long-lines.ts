import type { LogBlock } from './log-block.ts';
import type { StoredSource } from './log-source.ts';

/** What is shown of a line at most, in one row; the next row goes on with it. */
export const MOST_ROW_BYTES = 16 * 1024 * 1024;
const [LINE_FEED, SPACE] = [0x0a, 0x20];

/** Lines that are stored in several blocks are put together again. Holds at most so many bytes of each source. */
export class LongLines {
  readonly #mostBytes: number;
  /** What has come of the lines that are not over, by the JSON of their source. */
  readonly #begun = new Map<string, { readonly source: StoredSource; readonly parts: Buffer[]; bytes: number }>();

  constructor(mostBytes = MOST_ROW_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /**
   * Whole lines, of which the first may have begun in blocks before; undefined where more must come first. Where a line
   * is longer than a row may be, it is told so, and its rest is the next one.
   */
  take(source: StoredSource, { payload, isCut, isContinued }: LogBlock): Buffer | undefined {
    if (!isCut && !isContinued) return payload;
    const key = JSON.stringify(source);
    const begun = this.#begun.get(key) ?? { source, parts: [], bytes: 0 };
    const isFirst = begun.parts.length === 0;
    const part = isFirst ? payload : payload.subarray(payload.indexOf(SPACE) + 1);
    const marked = isFirst && isContinued ? withMark(part, 'the line goes on from the row before') : part;
    if (!isCut) {
      this.#begun.delete(key);
      return Buffer.concat([...begun.parts, marked]);
    }
    begun.parts.push(Buffer.from(marked)); // a copy: the payload is not valid for long
    begun.bytes += marked.length;
    this.#begun.set(key, begun);
    if (begun.bytes < this.#mostBytes) return undefined;
    this.#begun.delete(key);
    return Buffer.concat([...begun.parts, Buffer.from(` … [devloop: the line goes on in the next row]\n`)]);
  }

  /** What has come of lines that are not over, and is told without waiting for the rest: of one source, or of all. */
  rest(of?: StoredSource): { readonly source: StoredSource; readonly payload: Buffer }[] {
    const keys = of === undefined ? [...this.#begun.keys()] : [JSON.stringify(of)];
    return keys.flatMap((key) => {
      const begun = this.#begun.get(key);
      this.#begun.delete(key);
      if (begun === undefined) return [];
      return [{ source: begun.source, payload: Buffer.concat([...begun.parts, Buffer.from([LINE_FEED])]) }];
    });
  }
}

/** @param part begins with a stamp */
function withMark(part: Buffer, words: string): Buffer {
  const text = part.indexOf(SPACE) + 1;
  return Buffer.concat([part.subarray(0, text), Buffer.from(`[devloop: ${words}] … `), part.subarray(text)]);
}
