import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BuildInput, fingerprint, imageReference, saltedFingerprint } from './fingerprint.ts';

// few characters, so that parts can run into each other
const name = fc.string({ unit: fc.constantFrom('a', 'b', '=', ' ', '\n'), minLength: 1, maxLength: 3 });
const entry = fc.record({
  path: name,
  kind: fc.constantFrom('file', 'folder', 'link'),
  mode: fc.constantFrom(0o644, 0o755),
  size: fc.nat(),
  mtimeMs: fc.nat(),
  hash: name,
  target: fc.constant(undefined),
});
const input: fc.Arbitrary<BuildInput> = fc.record({
  entries: fc.uniqueArray(entry, { selector: ({ path }) => path, maxLength: 3 }),
  dockerfile: name,
  target: fc.option(name, { nil: undefined }),
  args: fc.dictionary(name, name, { maxKeys: 3 }),
});

/** All that a build can see of an input. */
function visible({ entries, dockerfile, target, args }: BuildInput): string {
  const seen = entries.map(({ kind, mode, path, hash }) => [kind, mode, path, hash]);
  return JSON.stringify([dockerfile, target ?? '', Object.entries(args).sort(), seen]);
}

test('time stamps and the order of arguments are no part of it', () => {
  fc.assert(
    fc.property(input, fc.nat(), (one, mtimeMs) => {
      const other = {
        ...one,
        entries: one.entries.map((entry) => ({ ...entry, mtimeMs })),
        args: Object.fromEntries(Object.entries(one.args).reverse()),
      };
      expect(fingerprint(other)).toBe(fingerprint(one));
    }),
  );
});

test('all else is', () => {
  fc.assert(
    fc.property(input, input, (one, other) => {
      expect(fingerprint(one) === fingerprint(other)).toBe(visible(one) === visible(other));
    }),
    { numRuns: 1000 },
  );
});

const link = (path: string, target: string) =>
  ({ path, kind: 'link', mode: 0o777, size: 0, mtimeMs: 0, hash: target, target }) as const;
const empty: BuildInput = { entries: [], dockerfile: '', target: undefined, args: {} };

test.each([
  [
    { ...empty, entries: [link('a', 'b c')] },
    { ...empty, entries: [link('a b', 'c')] },
  ],
  [
    { ...empty, args: { A: '=b' } },
    { ...empty, args: { 'A=': 'b' } },
  ],
])('parts that run into each other stay apart', (one, other) => {
  expect(fingerprint(one)).not.toBe(fingerprint(other));
});

test('becomes a tag, another one for every salt', () => {
  const content = fingerprint(empty);
  expect(imageReference('acme/web', content)).toBe(`acme/web:devloop-${content.slice(0, 16)}`);
  const tags = new Set(['', 'a', 'b'].map((salt) => imageReference('acme/web', saltedFingerprint(content, salt))));
  expect(tags.size).toBe(3);
  for (const tag of tags) expect(tag).toMatch(/^acme\/web:devloop-[0-9a-f]{16}$/);
});
