/** Milliseconds since the epoch with fractions, as the daemon's instants are. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
