import { ALL_TIMES, LOG_BEGINNING, LogCursor } from '../log-store/log-cursor.ts';
import { isSameContainer, isSameRun, type StoredSource } from '../log-store/log-source.ts';
import type { LogWriter } from '../log-store/log-writer.ts';
import { type LineKey, LineOverlap, lineKey, OUT_OF_ORDER_MS } from './line-overlap.ts';
import { eachLine } from './stamped-splitter.ts';

/** More lines than a container writes in the time that is asked for again. */
const MOST_KEYS = 200_000;

/** A second more than is asked for, which is asked for by whole seconds: a block may end with a line that is stamped too early. */
const KEYS_BEFORE_MS = 2 * OUT_OF_ORDER_MS + 1000;

/** From where on a log is to be asked for again, and what is stored of that. */
export interface Reopening {
  /** RFC 3339, whole seconds: the API takes no others; undefined: from the first line on. */
  readonly sinceTime: string | undefined;
  readonly overlap: LineOverlap;
  /** Time of the last stored line of the run, where it must come again if the cluster still has it. */
  readonly lastMs: number | undefined;
  /** Key of the last stored line of the run. */
  readonly lastKey: LineKey | undefined;
}

/** When a run began and ended, ms since the epoch, where that is known: nothing older or newer can be of it. */
export interface RunTimes {
  readonly startedAtMs: number | undefined;
  readonly endedAtMs?: number | undefined;
}

/**
 * Finds out where the log of a run is to be gone on with.
 *
 * @param times with `isWhole`: all of it is to be asked for, because the clock of the node was set back since its last line
 */
export async function reopeningOf(
  writer: LogWriter,
  source: StoredSource,
  { startedAtMs, endedAtMs = Number.POSITIVE_INFINITY, isWhole }: RunTimes & { readonly isWhole: boolean },
): Promise<Reopening> {
  await writer.flushed();
  const known = writer.lastMsOf(source);
  // Where its status came late, lines of the next run are stored as this one's: they do not tell how far this one is.
  const isOwn = known !== undefined && known < endedAtMs + OUT_OF_ORDER_MS;
  // What was read of this run before its status told of it is stored as the run's before it.
  const from = isWhole ? undefined : isOwn ? known : startedAtMs;
  const stored = await storedSince(writer, source, (from ?? Number.NEGATIVE_INFINITY) - KEYS_BEFORE_MS);
  // A run that was given up and is there again, as where another cluster was chosen meanwhile, goes on where it was.
  const lastMs = known === undefined ? stored.lastMs : isOwn ? known : undefined;
  const lastKey = lastMs === undefined ? undefined : stored.lastKey;
  // the last line of a run that has been replaced may be of the next one: what it said itself is not late because of that
  const isSurelyOwn = lastMs !== undefined && lastMs < endedAtMs;
  const tellsOrder = lastKey !== undefined && isSurelyOwn && !isWhole;
  return {
    sinceTime: lastMs === undefined || isWhole ? undefined : wholeSecond(lastMs - OUT_OF_ORDER_MS),
    overlap: new LineOverlap({ ...stored, lastKey, lastMs: tellsOrder ? lastMs : undefined }),
    lastMs: lastKey === undefined ? undefined : lastMs,
    lastKey,
  };
}

/** What is stored of a container from a time on, and the last line of one of its runs. */
async function storedSince(writer: LogWriter, source: StoredSource, sinceMs: number) {
  const blocks: { readonly firstMs: number; readonly keys: readonly LineKey[] }[] = [];
  let count = 0;
  let newestMs = Number.NEGATIVE_INFINITY;
  let knownToMs = Number.NEGATIVE_INFINITY;
  let lastKey: LineKey | undefined;
  let lastMs: number | undefined;
  const cursor = new LogCursor(writer.folder, LOG_BEGINNING);
  for await (const entry of cursor.read(writer.committed, { ...ALL_TIMES, sinceMs })) {
    if (entry.is === 'dropped') knownToMs = Math.min(entry.beforeMs - 1, writer.lastMsOf(source) ?? knownToMs);
    if (entry.is !== 'lines' || !isSameContainer(entry.source, source)) continue;
    const { firstMs, payload } = entry.block;
    const keys = [...eachLine(payload)].map(lineKey);
    blocks.push({ firstMs, keys });
    count += keys.length;
    for (let first = blocks[0]; first !== undefined && count - first.keys.length > MOST_KEYS; first = blocks[0]) {
      count -= first.keys.length;
      blocks.shift();
      knownToMs = (blocks[0]?.firstMs ?? firstMs) - 1;
    }
    newestMs = Math.max(newestMs, entry.block.lastMs);
    if (!isSameRun(entry.source, source)) continue;
    lastKey = keys.at(-1);
    lastMs = entry.block.lastMs;
  }
  return { keys: blocks.flatMap(({ keys }) => keys), newestMs, knownToMs, lastKey, lastMs };
}

/** The second of an instant as the API takes it: in between, it asks for more than is meant. */
export function wholeSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
