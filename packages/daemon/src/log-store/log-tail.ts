import type { LogBlock } from './log-block.ts';
import { LOG_BEGINNING, LogCursor, type StoredEntry } from './log-cursor.ts';
import type { LogPlace } from './log-writer.ts';
import { listSegments } from './segment-files.ts';

/** Where the last lines of a log begin. */
export interface TailStart {
  readonly place: LogPlace;
  /** Lines after that place that are too many. */
  readonly skip: number;
}

/** Finds the last `lines` lines before `to`, of the entries that are wanted. Reads no more of the log than they take. */
export async function findTail(
  folder: string,
  to: LogPlace,
  lines: number,
  wants: (entry: StoredEntry) => boolean,
): Promise<TailStart> {
  if (lines === 0) return { place: to, skip: 0 };
  const numbers = (await listSegments(folder)).map(({ number }) => number).filter((number) => number <= to.segment);
  let found = 0;
  let blocks: TailBlock[] = [];
  /** Of the block with the first line that is wanted, how many from the end. */
  let fromEnd: number | undefined;
  for (const number of numbers.toReversed()) {
    const before = await tailBlocks(folder, number, number === to.segment ? to.offset : undefined, wants);
    for (let at = before.length - 1; at >= 0 && fromEnd === undefined; at--) {
      found += before[at]?.lines ?? 0;
      if (found >= lines) fromEnd = blocks.length + before.length - at;
    }
    blocks = [...before, ...blocks];
    const start = fromEnd === undefined ? undefined : lineStart(blocks, blocks.length - fromEnd);
    const place = start === undefined ? undefined : blocks[start]?.place;
    if (place === undefined) continue;
    const between = blocks.slice(start, blocks.length - (fromEnd ?? 0)).reduce((sum, block) => sum + block.lines, 0);
    return { place, skip: found - lines + between };
  }
  return { place: { segment: numbers[0] ?? LOG_BEGINNING.segment, offset: 0 }, skip: 0 };
}

/** What has to be known of a block to find where lines begin. */
interface TailBlock extends Pick<LogBlock, 'lines' | 'isCut' | 'isContinued'> {
  readonly place: LogPlace;
  /** JSON of its source. */
  readonly source: string;
}

async function tailBlocks(
  folder: string,
  segment: number,
  end: number | undefined,
  wants: (entry: StoredEntry) => boolean,
): Promise<TailBlock[]> {
  const blocks: TailBlock[] = [];
  const cursor = new LogCursor(folder, { segment, offset: 0 });
  let { place } = cursor;
  for await (const entry of cursor.read({ segment, offset: end ?? Number.MAX_SAFE_INTEGER })) {
    if (entry.is !== 'dropped' && wants(entry)) {
      const { lines, isCut, isContinued } = entry.block;
      blocks.push({ place, source: JSON.stringify(entry.source), lines, isCut, isContinued });
    }
    ({ place } = cursor);
  }
  return blocks;
}

/** In which block the first line of a block begins; undefined where that is in none of these. */
function lineStart(blocks: readonly TailBlock[], at: number): number | undefined {
  let start = at;
  for (let before = at - 1; blocks[start]?.isContinued; before--) {
    const block = blocks[before];
    if (block === undefined) return undefined;
    if (block.source !== blocks[at]?.source) continue;
    if (!block.isCut) return start; // what was before has not been stored
    start = before;
  }
  return start;
}
