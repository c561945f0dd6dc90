import type { ServerResponse } from 'node:http';
import type { PublishedEvent } from '@devloop/shared/protocol/event';
import type { StreamMessage } from '@devloop/shared/protocol/stream-message';
import type { EventLog } from '../state/event-log.ts';

/** Bytes that may wait for a client that reads slowly before events are left out for it, with a gap that says so. */
const MOST_WAITING_BYTES = 1_000_000;

/** Sends a client the events from now on, or from `after` on as far as they are kept, until it goes away. */
export function streamEvents(
  log: EventLog,
  after: number | undefined,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const send = (message: StreamMessage) => response.write(`${JSON.stringify(message)}\n`);
  let missed = 0;
  const offer = (published: PublishedEvent) => {
    if (response.writableLength > MOST_WAITING_BYTES) {
      missed += 1;
      return;
    }
    if (missed > 0) send({ type: 'gap', missed });
    missed = 0;
    send({ type: 'event', published });
  };
  if (after !== undefined) {
    const kept = log.after(after);
    if (kept.missed > 0) send({ type: 'gap', missed: kept.missed });
    for (const published of kept.events) send({ type: 'event', published });
  }
  const stop = log.listen(offer);
  return new Promise((resolve) => {
    const leave = () => {
      stop();
      signal.removeEventListener('abort', goodbye);
      resolve();
    };
    const goodbye = () => {
      send({ type: 'goodbye', reason: 'the daemon is stopping' });
      response.end();
      leave();
    };
    if (signal.aborted) {
      goodbye();
      return;
    }
    signal.addEventListener('abort', goodbye, { once: true });
    response.once('close', leave);
  });
}
