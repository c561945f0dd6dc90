import type { DaemonSnapshot } from '@devloop/shared/protocol/snapshot';
import type { Hello, ViewMessage } from '@devloop/shared/protocol/stream-message';
import type { Bell } from '../support/bell.ts';
import { followChanges } from '../support/follow-changes.ts';
import type { MessageLines } from './message-lines.ts';
import { ViewDifference } from './view-difference.ts';

/** Changes that come this close together come as one message: faster than anybody reads a screen. */
const TOGETHER_MS = 50;

export interface ViewSource {
  readonly changed: Bell;
  readonly snapshot: DaemonSnapshot;
}

/** Sends a client all that a screen shows, then whatever of it changes, until it goes away or the daemon ends. */
export async function streamView(
  hello: Hello,
  source: ViewSource,
  lines: MessageLines<ViewMessage>,
  signal: AbortSignal,
): Promise<void> {
  const difference = new ViewDifference();
  const first = source.snapshot;
  difference.next(first);
  lines.send(hello);
  lines.send({ type: 'snapshot', snapshot: first });
  const look = () => {
    const message = difference.next(source.snapshot);
    if (message !== undefined) lines.send(message);
    return true;
  };
  const drained = (until: AbortSignal) => lines.drained(until);
  await followChanges(source.changed, look, { drained, togetherMs: TOGETHER_MS, signal });
}
