const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/** Why a text is no quantity, in the words of `k8s.io/apimachinery/pkg/api/resource`. */
export const QUANTITY_FORMAT =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/**
 * The canonical form of a quantity, as the API server hands it out: `0.5` is `500m`, `1024Mi` is `1Gi`.
 *
 * @returns undefined for what is none
 */
export function canonicalQuantity(text: string): string | undefined {
  const parsed = parseQuantity(text);
  if (parsed === undefined) return undefined;
  const { nano, binary } = parsed;
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  const unit = 1_000_000_000n;
  if (binary && size % unit === 0n && size / unit >= 1024n) {
    let mantissa = size / unit;
    let power = 0;
    while (mantissa % 1024n === 0n && power < BINARY.length - 1) {
      mantissa /= 1024n;
      power += 1;
    }
    return `${sign}${mantissa}${BINARY[power]}`;
  }
  let mantissa = size;
  let power = 0;
  while (mantissa % 1000n === 0n && power < DECIMAL.length - 1) {
    mantissa /= 1000n;
    power += 1;
  }
  return `${sign}${mantissa}${DECIMAL[power]}`;
}

/** A quantity in its unit (cores, bytes), as a number; undefined for what is none. */
export function quantityValue(text: string): number | undefined {
  const parsed = parseQuantity(text);
  return parsed === undefined ? undefined : Number(parsed.nano) / 1e9;
}

function parseQuantity(text: string): { nano: bigint; binary: boolean } | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const binary = suffix.endsWith('i');
  const exponent = /^[eE][+-]?\d/.test(suffix)
    ? Number(suffix.slice(1))
    : binary
      ? 0
      : (DECIMAL.indexOf(suffix) - DECIMAL.indexOf('')) * 3;
  if (Math.abs(exponent) > 30) return undefined;
  const factor = binary ? 1024n ** BigInt(BINARY.indexOf(suffix)) : 1n;
  const shift = exponent + 9 - fraction.length;
  const digits = BigInt(`${whole}${fraction}`) * factor;
  const nano = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedUp(digits, 10n ** BigInt(-shift));
  return { nano: sign === '-' ? -nano : nano, binary };
}

/** Precision below nano is rounded up, as Kubernetes does. */
function roundedUp(digits: bigint, divisor: bigint): bigint {
  return (digits + divisor - 1n) / divisor;
}
