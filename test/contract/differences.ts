/** One place at which two answers differ. */
export interface Difference {
  /** `body.spec.ports[0].protocol`; empty for the whole. */
  readonly at: string;
  readonly real: unknown;
  readonly ours: unknown;
}

/** Where two answers differ, as deep as both are alike. */
export function differences(real: unknown, ours: unknown, at = ''): Difference[] {
  if (Array.isArray(real) && Array.isArray(ours) && real.length === ours.length) {
    return real.flatMap((item, index) => differences(item, ours[index], `${at}[${index}]`));
  }
  if (isRecord(real) && isRecord(ours)) {
    const keys = new Set([...Object.keys(real), ...Object.keys(ours)]);
    return [...keys].flatMap((key) => differences(real[key], ours[key], at === '' ? key : `${at}.${key}`));
  }
  return JSON.stringify(real) === JSON.stringify(ours) ? [] : [{ at, real, ours }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
