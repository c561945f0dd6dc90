const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A resource.Quantity as a number: `100m` is 0.1, `1Ki` is 1024. NaN for what is none. */
export function quantity(text: string | number): number {
  const match = /^([+-]?[0-9.]+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(String(text));
  if (match === null) return Number.NaN;
  const [, digits = '', suffix = '', exponent = '0'] = match;
  return Number(digits) * (FACTORS[suffix] ?? Number.NaN) * 10 ** Number(exponent);
}
