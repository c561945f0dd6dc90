import type { LogLine, LogMessage } from '@devloop/shared/protocol/stream-message';
import type { LogBlock } from './log-block.ts';
import { ALL_TIMES, type LogCursor, type StoredEntry, type TimeRange } from './log-cursor.ts';
import type { StoredSource } from './log-source.ts';
import type { LogPlace } from './log-writer.ts';
import { LongLines } from './long-lines.ts';
import { linesOfBlock } from './stored-lines.ts';

/** Lines of one message: enough that a message costs little, few enough that it does not fill the memory. */
const TOGETHER = 500;
const TOGETHER_BYTES = 256 * 1024;

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
  /** Of one who reads on later: what has come of lines that are not over. Without it they are told at the end. */
  readonly longLines?: LongLines;
}

/** What is stored of a service between a cursor and a place, as clients are told it. */
export async function* storedMessages(options: MessageOptions): AsyncGenerator<LogMessage> {
  const { service, cursor, to, wants, times = ALL_TIMES, tellsDropped = true, longLines = new LongLines() } = options;
  let { skip = 0 } = options;
  const held = new HeldLines(service);
  for await (const entry of cursor.read(to, times)) {
    if (entry.is === 'dropped') {
      if (tellsDropped && times.sinceMs < entry.beforeMs) yield droppedMessage(service);
      continue;
    }
    if (!wants(entry.source)) continue;
    if (entry.is === 'gap') {
      for (const { source, payload } of longLines.rest(entry.source)) yield* held.add(source, linesOfBlock(payload));
      if (skip > 0) skip -= 1;
      else yield* [...held.all(), gapMessage(service, entry)];
      continue;
    }
    const payload = longLines.take(entry.source, entry.block);
    if (payload === undefined) continue;
    if (skip > 0 && skip >= entry.block.lines) {
      skip -= entry.block.lines;
      continue;
    }
    const all = linesOfBlock(payload);
    const lines = within(skip === 0 ? all : all.slice(skip), entry.block, times);
    skip = 0;
    if (lines.length > 0) yield* held.add(entry.source, lines, payload.length);
  }
  if (options.longLines === undefined) {
    for (const { source, payload } of longLines.rest()) yield* held.add(source, linesOfBlock(payload), payload.length);
  }
  yield* held.all();
}

/** Lines of one source that wait for more to come with them. */
class HeldLines {
  readonly #service: string;
  #held: { readonly source: StoredSource; readonly message: Lines; bytes: number } | undefined;

  constructor(service: string) {
    this.#service = service;
  }

  /** Answers what does not wait any longer. */
  add(source: StoredSource, lines: LogLine[], bytes = 0): Lines[] {
    const held = this.#held;
    const fits = held?.source === source && held.message.lines.length + lines.length <= TOGETHER;
    if (fits && held.bytes + bytes <= TOGETHER_BYTES) {
      for (const line of lines) held.message.lines.push(line);
      held.bytes += bytes;
      return [];
    }
    const before = this.all();
    this.#held = { source, message: linesMessage(this.#service, source, lines), bytes };
    return before;
  }

  all(): Lines[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [held.message];
  }
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
  const { because, isPerhapsNone, from, to } = gap;
  return {
    type: 'gap',
    service,
    pod,
    container,
    because,
    ...(isPerhapsNone === undefined ? {} : { isPerhapsNone }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function droppedMessage(service: string): LogMessage {
  const because = 'what was before has been dropped, because the log of a service may take no more of the disk';
  return { type: 'gap', service, pod: '', container: '', because };
}
