/** Now, in milliseconds since the epoch with fractions; never goes backwards within a process. */
export function instant(): number {
  return performance.timeOrigin + performance.now();
}
