import type { DaemonEvent } from '../../packages/shared/src/protocol/event.ts';
import type { EventOf } from './event-feed.ts';

type Outcome = EventOf<'pass-ended'>['outcome'];

/** A predicate for an event of one type, with these values in its fields. */
export function eventOf<T extends DaemonEvent['type']>(
  type: T,
  fields: Partial<EventOf<T>> = {},
): (event: DaemonEvent) => event is EventOf<T> {
  const wanted = Object.entries(fields);
  const predicate = (event: DaemonEvent): event is EventOf<T> =>
    event.type === type && wanted.every(([name, value]) => event[name as keyof DaemonEvent] === value);
  predicate.toString = () => `${type} ${JSON.stringify(fields)}`;
  return predicate;
}

export function passEnded(service: string, outcome: Outcome) {
  return eventOf('pass-ended', { service, outcome });
}

/** Images that were really built, not found. */
export function buildsCompleted(events: readonly DaemonEvent[], service?: string): EventOf<'image-ready'>[] {
  return events
    .filter((event) => event.type === 'image-ready')
    .filter((event) => !event.reused && (service === undefined || event.service === service));
}

export function passesEnded(
  events: readonly DaemonEvent[],
  service: string,
  outcome: Outcome,
): EventOf<'pass-ended'>[] {
  return events
    .filter((event) => event.type === 'pass-ended')
    .filter((event) => event.service === service && event.outcome === outcome);
}
