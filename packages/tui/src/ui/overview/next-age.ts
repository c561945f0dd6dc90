import type { ServiceSnapshot } from '@devloop/shared/protocol/service-state';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long until an age that is shown reads differently; undefined where none is shown. */
export function nextAgeMs(services: readonly ServiceSnapshot[], nowMs: number): number | undefined {
  const ages = services
    .flatMap(({ liveAt, pods }) => [liveAt, ...pods.map(({ startedAt }) => startedAt)])
    .filter((at) => at !== undefined)
    .map((at) => nowMs - Date.parse(at));
  const next = Math.min(...ages.map(untilNext));
  return Number.isFinite(next) ? Math.max(SECOND, next) : undefined;
}

function untilNext(ageMs: number): number {
  const unit = ageMs < MINUTE ? SECOND : ageMs < HOUR ? MINUTE : HOUR;
  return unit - (Math.max(0, ageMs) % unit);
}
