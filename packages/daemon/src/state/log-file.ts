import type { EventLog } from './event-log.ts';

/** Writes every event but the output of builds and hooks as a line of the daemon's own log. */
export function logEvents(log: EventLog, write: (line: string) => void): () => void {
  return log.listen(({ at, seq, event }) => {
    if (event.type !== 'output') write(`${at} ${seq} ${JSON.stringify(event)}`);
  });
}
