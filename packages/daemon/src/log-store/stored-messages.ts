import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import type { LogBlock } from './log-block.ts';
import { ALL_TIMES, type LogCursor, type StoredEntry, type TimeRange } from './log-cursor.ts';
import type { StoredSource } from './log-source.ts';
import type { LogPlace } from './log-writer.ts';
import { linesOfBlock } from './stored-lines.ts';

/** Lines of one message: enough that a message costs little, few enough that it does not fill the memory. */
const TOGETHER = 500;

type Lines = Extract<LogMessage, { type: 'lines' | 'output' }>;

export interface MessageOptions {
  readonly service: string;
  readonly cursor: LogCursor;
  /** Up to where it is read. */
  readonly to: LogPlace;
  readonly wants: (source: StoredSource) => boolean;
  /** How many of the first lines are left out. */
  readonly skip?: number;
  /** Lines of other times are left out. */
  readonly times?: TimeRange;
  /** False: that older lines were dropped is not told, because nobody asked for them. */
  readonly tellsDropped?: boolean;
}

/** What is stored of a service between a cursor and a place, as clients are told it. */
export async function* storedMessages(options: MessageOptions): AsyncGenerator<LogMessage> {
  const { service, cursor, to, wants, times = ALL_TIMES, tellsDropped = true } = options;
  let { skip = 0 } = options;
  let held: { readonly source: StoredSource; readonly message: Lines } | undefined;
  for await (const entry of cursor.read(to, times)) {
    if (entry.is === 'dropped') {
      if (tellsDropped && times.sinceMs < entry.beforeMs) yield droppedMessage(service);
      continue;
    }
    if (!wants(entry.source)) continue;
    if (skip > 0 && skip >= entry.block.lines) {
      skip -= entry.block.lines;
      continue;
    }
    if (entry.is === 'gap') {
      if (held !== undefined) yield held.message;
      held = undefined;
      yield gapMessage(service, entry);
      continue;
    }
    const all = linesOfBlock(entry.block.payload);
    const lines = within(skip === 0 ? all : all.slice(skip), entry.block, times);
    skip = 0;
    if (lines.length === 0) continue;
    if (held?.source === entry.source && held.message.lines.length + lines.length <= TOGETHER) {
      for (const line of lines) held.message.lines.push(line);
      continue;
    }
    if (held !== undefined) yield held.message;
    held = { source: entry.source, message: linesMessage(service, entry.source, lines) };
  }
  if (held !== undefined) yield held.message;
}

function within(lines: LogLine[], { firstMs, lastMs }: LogBlock, { sinceMs, untilMs }: TimeRange): LogLine[] {
  if (firstMs >= sinceMs && lastMs <= untilMs) return lines;
  return lines.filter(([at]) => {
    const time = Date.parse(at);
    return !(time < sinceMs || time > untilMs);
  });
}

function linesMessage(service: string, source: StoredSource, lines: LogLine[]): Lines {
  if (source.is === 'output') return { type: 'output', service, source: source.source, lines };
  const { pod, container, restarts } = source;
  return { type: 'lines', service, pod, container, restarts, lines };
}

function gapMessage(service: string, { source, gap }: Extract<StoredEntry, { is: 'gap' }>): LogMessage {
  const { pod, container } = source.is === 'container' ? source : { pod: '', container: '' };
  const { because, from, to } = gap;
  return {
    type: 'gap',
    service,
    pod,
    container,
    because,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function droppedMessage(service: string): LogMessage {
  const because = 'what was before has been dropped, because the log of a service may take no more of the disk';
  return { type: 'gap', service, pod: '', container: '', because };
}
