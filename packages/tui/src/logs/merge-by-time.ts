import type { LogMessage } from '@devloop/shared/protocol/stream-message';

interface Head {
  message: LogMessage;
  readonly rest: AsyncIterator<LogMessage>;
}

/**
 * Merges the messages of several services by the time of their lines; the order within a service stays. Of each no more
 * than one message is in memory.
 */
export async function* mergeByTime(streams: readonly AsyncIterable<LogMessage>[]): AsyncGenerator<LogMessage> {
  const heads: Head[] = [];
  try {
    for (const stream of streams) {
      const rest = stream[Symbol.asyncIterator]();
      const first = await rest.next();
      if (!first.done) heads.push({ message: first.value, rest });
    }
    while (heads.length > 0) {
      const [head, next] = heads.toSorted((a, b) => compare(timeOf(a.message), timeOf(b.message)));
      if (head === undefined) return;
      const [due, later] = splitAt(head.message, next === undefined ? undefined : timeOf(next.message));
      yield due;
      if (later !== undefined) {
        head.message = later;
        continue;
      }
      const following = await head.rest.next();
      if (following.done) heads.splice(heads.indexOf(head), 1);
      else head.message = following.value;
    }
  } finally {
    for (const { rest } of heads) await rest.return?.();
  }
}

/** The lines up to a time, at least the first, and those after it. */
function splitAt(message: LogMessage, time: string | undefined): [LogMessage, LogMessage | undefined] {
  if (time === undefined || (message.type !== 'lines' && message.type !== 'output')) return [message, undefined];
  const found = message.lines.findIndex(([at], index) => index > 0 && compare(sortable(at), time) > 0);
  if (found === -1) return [message, undefined];
  return [
    { ...message, lines: message.lines.slice(0, found) },
    { ...message, lines: message.lines.slice(found) },
  ];
}

/** A mark without a time comes at once. */
function timeOf(message: LogMessage): string {
  switch (message.type) {
    case 'lines':
    case 'output':
      return sortable(message.lines[0]?.[0] ?? '');
    case 'gap':
      return sortable(message.to ?? message.from ?? '');
    default:
      return '';
  }
}

/** An RFC 3339 time of the kubelet as text that sorts: fractions come with as many digits as they need. */
export function sortable(at: string): string {
  const [seconds = '', fraction = ''] = at.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
