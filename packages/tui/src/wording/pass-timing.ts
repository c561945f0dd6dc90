import type { PassTimes, RolloutKind } from '@devloop/shared/protocol/service-state';

/** Parts shorter than this are left out: they explain nothing. */
const SHOWN_FROM_MS = 10;

/** From the first file event until the new content served. */
export function passDuration(times: PassTimes): number {
  return (times.readyAt ?? times.endedAt) - times.noticedAt;
}

/** Where the time of a pass went: `build 0.18, apply 0.03, start 0.21, ready 0.06 · swap`, in seconds. */
export function passParts(times: PassTimes, kind: RolloutKind): string {
  const ends: readonly [string, number | undefined][] = [
    ['detect', times.startedAt],
    ['hash', times.hashedAt],
    ['context', times.contextAt],
    ['build', times.builtAt],
    ['settle', times.settledAt],
    ['apply', times.appliedAt],
    ['start', times.containerStartedAt],
    ['ready', times.readyAt],
  ];
  const parts: string[] = [];
  let before = times.noticedAt;
  for (const [name, end] of ends) {
    // an instant that a pass did not need is absent; its part then belongs to the next one
    if (end === undefined || end < before) continue;
    if (end - before >= SHOWN_FROM_MS) parts.push(`${name} ${((end - before) / 1000).toFixed(2)}`);
    before = end;
  }
  const how = kind === 'none' ? 'nothing to roll out' : kind;
  return parts.length === 0 ? how : `${parts.join(', ')} · ${how}`;
}
