import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalQuantity, quantityValue } from './quantity.ts';

test.each([
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['100Ki', '100Ki'],
  ['1e3', '1k'],
  ['0', '0'],
  ['-2000', '-2k'],
  ['0.0000000001', '1n'],
])('%s is %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

test.each(['', 'x', '1x', '.', '1 Gi', 'Gi', '1Kii'])('%j is none', (text) => {
  expect(canonicalQuantity(text)).toBeUndefined();
});

test('the canonical form is its own, and worth the same', () => {
  const suffix = fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), suffix, (number, unit) => {
      const canonical = canonicalQuantity(`${number}${unit}`) ?? '';
      expect(canonicalQuantity(canonical)).toBe(canonical);
      expect(quantityValue(canonical)).toBe(quantityValue(`${number}${unit}`));
    }),
  );
});
