import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import { endOfLog, LOG_BEGINNING, LogCursor, type TimeRange } from './log-cursor.ts';
import type { StoredSource } from './log-source.ts';
import { findTail } from './log-tail.ts';
import type { LogPlace } from './log-writer.ts';
import { storedMessages } from './stored-messages.ts';

export interface StoredQuery {
  readonly times: TimeRange;
  /** How many of the last lines; undefined: all. */
  readonly tailLines: number | undefined;
  /** Also the output of builds and hooks. */
  readonly withBuilds: boolean;
  /** Only what containers said in the run before their newest one. */
  readonly onlyPrevious: boolean;
}

/** The services of which something is stored; none where nothing is. */
export async function storedServices(logsFolder: string): Promise<string[]> {
  try {
    const entries = await readdir(logsFolder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(error, logsFolder);
  }
}

/**
 * Reads what is stored of a service now, without a daemon. One may be writing meanwhile: what comes after the beginning
 * of the reading is left out.
 *
 * @throws DevloopError `logs/unreadable`
 */
export async function* readStored(
  logsFolder: string,
  service: string,
  { times, tailLines, withBuilds, onlyPrevious }: StoredQuery,
): AsyncGenerator<LogMessage> {
  const folder = path.join(logsFolder, service);
  try {
    const to = await endOfLog(folder);
    const previous = onlyPrevious ? await previousRuns(folder, to) : undefined;
    const wants = (source: StoredSource) =>
      source.is === 'container' ? (previous?.has(runKey(source)) ?? true) : withBuilds && !onlyPrevious;
    const tail =
      tailLines === undefined
        ? undefined
        : await findTail(folder, to, tailLines, (entry) => entry.is !== 'dropped' && wants(entry.source));
    const cursor = new LogCursor(folder, tail?.place ?? LOG_BEGINNING);
    const tellsDropped = tail === undefined;
    yield* storedMessages({ service, cursor, to, wants, times, skip: tail?.skip ?? 0, tellsDropped });
  } catch (error) {
    throw unreadable(error, folder);
  }
}

/** Of each container that has run more than once, the run before the newest. */
async function previousRuns(folder: string, to: LogPlace): Promise<ReadonlySet<string>> {
  const runs = new Map<string, Map<number, string>>();
  let last: StoredSource | undefined;
  for await (const { source } of entriesOf(new LogCursor(folder, LOG_BEGINNING), to)) {
    if (source === last || source.is !== 'container') continue;
    last = source;
    const container = `${source.uid}/${source.container}`;
    const known = runs.get(container) ?? new Map<number, string>();
    runs.set(container, known.set(source.restarts, runKey(source)));
  }
  const previous = [...runs.values()].flatMap((known) => {
    const [, second] = [...known.keys()].sort((a, b) => b - a);
    return second === undefined ? [] : [known.get(second) ?? ''];
  });
  return new Set(previous);
}

async function* entriesOf(cursor: LogCursor, to: LogPlace): AsyncGenerator<{ readonly source: StoredSource }> {
  for await (const entry of cursor.read(to)) if (entry.is !== 'dropped') yield entry;
}

function runKey({ uid, container, id }: Extract<StoredSource, { is: 'container' }>): string {
  return `${uid}/${container}/${id}`;
}

function unreadable(error: unknown, folder: string): DevloopError {
  if (error instanceof DevloopError) return error;
  return new DevloopError(
    'logs/unreadable',
    `The logs stored in ${folder} cannot be read: ${(error as Error).message}`,
    `See whose they are: ls -ld ${folder}`,
    { cause: error },
  );
}
