/** A count with its word: `1 restart`, `2 restarts`. */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
