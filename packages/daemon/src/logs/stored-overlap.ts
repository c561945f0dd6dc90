import { ALL_TIMES, LOG_BEGINNING, LogCursor } from '../log-store/log-cursor.ts';
import { isSameContainer, isSameRun, type StoredSource } from '../log-store/log-source.ts';
import type { LogWriter } from '../log-store/log-writer.ts';
import { type LineKey, LineOverlap, lineKey, OUT_OF_ORDER_MS } from './line-overlap.ts';
import { eachLine } from './stamped-splitter.ts';

/** More lines than a container writes in the time that is asked for again. */
const MOST_KEYS = 200_000;

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

/** Finds out where the log of a run is to be gone on with. */
export async function reopeningOf(
  writer: LogWriter,
  source: StoredSource,
  { startedAtMs, endedAtMs = Number.POSITIVE_INFINITY }: RunTimes,
): Promise<Reopening> {
  await writer.flushed();
  const known = writer.lastMsOf(source);
  // Where its status came late, lines of the next run are stored as this one's: they do not tell how far this one is.
  const isOwn = known !== undefined && known < endedAtMs + OUT_OF_ORDER_MS;
  const lastMs = isOwn ? known : undefined;
  const isNew = lastMs === undefined;
  // What was read of this run before its status told of it is stored as the run's before it.
  const from = isNew ? startedAtMs : lastMs;
  if (from === undefined) return { sinceTime: undefined, overlap: none(), lastMs: undefined, lastKey: undefined };
  const sinceTime = wholeSecond(from - OUT_OF_ORDER_MS);
  const sinceMs = Date.parse(sinceTime);
  const keys: LineKey[] = [];
  let newestMs = Number.NEGATIVE_INFINITY;
  let lastKey: LineKey | undefined;
  const cursor = new LogCursor(writer.folder, LOG_BEGINNING);
  for await (const entry of cursor.read(writer.committed, { ...ALL_TIMES, sinceMs })) {
    if (entry.is !== 'lines' || !isSameContainer(entry.source, source)) continue;
    for (const line of eachLine(entry.block.payload)) keys.push(lineKey(line));
    if (keys.length > MOST_KEYS) keys.splice(0, keys.length - MOST_KEYS / 2);
    newestMs = Math.max(newestMs, entry.block.lastMs);
    if (isSameRun(entry.source, source)) lastKey = keys.at(-1);
  }
  return {
    sinceTime: isNew ? undefined : sinceTime,
    overlap: new LineOverlap(keys, newestMs),
    lastMs: lastKey === undefined ? undefined : lastMs,
    lastKey,
  };
}

/** The second of an instant as the API takes it: in between, it asks for more than is meant. */
export function wholeSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function none(): LineOverlap {
  return new LineOverlap([], Number.NEGATIVE_INFINITY);
}
