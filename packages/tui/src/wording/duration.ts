const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A short time with the precision that a pass needs: `0.48 s`, `12.3 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 10 * SECOND) return `${(Math.max(0, ms) / SECOND).toFixed(2)} s`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
}

/** How long ago something was, in its largest unit: `now`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function formatAge(ms: number): string {
  if (ms < SECOND) return 'now';
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** When something was: `now`, `12 s ago`. */
export function formatAgo(ms: number): string {
  return ms < SECOND ? 'now' : `${formatAge(ms)} ago`;
}

/** How long something has lasted: `0 s`, `12 s`, `3 min`. */
export function formatLasting(ms: number): string {
  return ms < SECOND ? '0 s' : formatAge(ms);
}
