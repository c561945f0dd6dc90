import type { DaemonEvent, PublishedEvent } from '@devloop/shared/protocol/event';
import type { LogMessage } from '@devloop/shared/protocol/stream-message';
import type { EventLog } from '../state/event-log.ts';
import { Bell } from '../support/bell.ts';
import { followChanges } from '../support/follow-changes.ts';

/** Lines that come this close together are looked at together. */
const TOGETHER_MS = 25;
/** How many of the lines that there are already are sent where nobody says. */
const KEPT_LINES = 1000;

type Output = Extract<LogMessage, { type: 'output' }>;

export interface BuildOutputOptions {
  readonly log: EventLog;
  readonly follow: boolean;
  /** Whether the output of a service is wanted. */
  readonly wants: (service: string) => boolean;
  /** How many of the lines that there are already. */
  readonly tailLines: number | undefined;
  readonly send: (message: Output) => void;
  readonly drained: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Sends the output of builds and hooks as far as its events are kept, then what comes, as fast as it is taken. */
export async function streamBuildOutput(options: BuildOutputOptions): Promise<void> {
  const { log, follow, wants, tailLines = KEPT_LINES, send, drained, signal } = options;
  const bell = new Bell();
  let seq = 0;
  const look = () => {
    const { events } = log.after(seq);
    const wanted = events.filter(({ event }) => event.type === 'output' && wants(event.service));
    for (const message of outputMessages(seq === 0 ? lastOf(wanted, tailLines) : wanted)) send(message);
    seq = log.seq;
    return follow;
  };
  const stop = log.listen(({ event }) => {
    if (event.type === 'output') bell.ring();
  });
  try {
    await followChanges(bell, look, { drained, togetherMs: TOGETHER_MS, signal });
  } finally {
    stop();
  }
}

/** The lines of events, those of one source that follow each other in one message. Pure. */
export function outputMessages(published: readonly PublishedEvent[]): Output[] {
  const messages: Output[] = [];
  for (const { at, event } of published) {
    if (event.type !== 'output') continue;
    const last = messages.at(-1);
    const isSame = last?.service === event.service && last.source === event.source;
    if (last !== undefined && isSame) last.lines.push([at, event.line]);
    else messages.push(messageOf(event, at));
  }
  return messages;
}

function messageOf({ service, source, line }: Extract<DaemonEvent, { type: 'output' }>, at: string): Output {
  return { type: 'output', service, source, lines: [[at, line]] };
}

function lastOf<T>(items: readonly T[], most: number): readonly T[] {
  return most === 0 ? [] : items.slice(-most);
}
