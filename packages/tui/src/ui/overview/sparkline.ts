const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];

/** The newest of some numbers as little bars, the highest of them full. */
export function sparkline(numbers: readonly number[], columns: number): string {
  const shown = numbers.slice(-columns);
  const highest = Math.max(...shown, 0);
  if (highest <= 0) return '';
  return shown.map((number) => STEPS[Math.max(0, Math.ceil((number / highest) * STEPS.length) - 1)] ?? '').join('');
}
