import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.fake.ts';
import { IgnoreRules, readIgnoreRules } from './ignore-rules.ts';

const ignored = (rules: string, path: string) => new IgnoreRules(rules).ignores(path);

describe('one pattern, as in the tables of moby/patternmatcher', () => {
  test.each([
    ['**', 'file'],
    ['**/', 'dir/file'],
    ['**/**', 'dir/file'],
    ['dir/**', 'dir/dir2/file'],
    ['**/dir', 'dir/file'],
    ['**/dir2/*', 'dir/dir2/file'],
    ['**/dir2/**', 'dir/dir2/dir3/file'],
    ['**file', 'dir/dir/file'],
    ['**.log', 'logs/app.log'],
    ['**/file*.txt', 'dir/dir/file.txt'],
    ['**/**/*.txt', 'file.txt'],
    ['a**/*.txt', 'a/dir/dir/file.txt'],
    ['a/*.txt**', 'a/file.txt'],
    ['a[b-d]e', 'ace'],
    ['a[^b-d]e', 'aze'],
    ['.*', '.foo'],
    ['abc?def', 'abcZdef'],
    ['abc/**', 'abc/def/ghi'],
    ['a(b)c/def', 'a(b)c/def'],
    ['a.|)$(}+{bc', 'a.|)$(}+{bc'],
    ['docs/', 'docs/readme.md'],
    ['/docs', 'docs/readme.md'],
    ['./docs/../docs/x', 'docs/x'],
    ['a\\*b', 'a*b'],
    ['\\#name', '#name'],
    ['\\!name', '!name'],
    ['a\\\\b', 'a\\b'],
  ])('%s ignores %s', (rules, path) => {
    expect(ignored(rules, path)).toBe(true);
  });

  test.each([
    ['**/**/*.txt2', 'dir/dir/file.txt'],
    ['a/*.txt', 'a/dir/file.txt'],
    ['a[b-d]e', 'aae'],
    ['abc.def', 'abcZdef'],
    ['abc?def', 'abc/def'],
    ['abc/**', 'abc'],
    ['**/.foo', 'bar.foo'],
    ['a\\*b', 'axb'],
    ['foo', 'dir/foo'],
    ['a**b', 'axb'],
    ['[!a]', 'b'],
    ['# comment', '# comment'],
    ['', 'x'],
    ['.', 'x'],
    ['/', 'x'],
    ['!', 'x'],
    ['[z-a]', 'b'],
  ])('%s leaves %s', (rules, path) => {
    expect(ignored(rules, path)).toBe(false);
  });
});

describe('several patterns', () => {
  test.each([
    ['**\n!util/web', 'util/web/foo', false],
    ['**\n!util/web\nutil/web/foo', 'util/web/foo', true],
    ['*.go\n!main.go', 'main.go', false],
    ['!main.go\n*.go', 'main.go', true],
    ['docs\n!docs/README.md', 'docs/README.md', false],
    ['docs\n!docs/README.md', 'docs/other.md', true],
    ['docs\r\n  !docs/README.md  \r\n', 'docs/README.md', false],
  ])('%j and %s: %s', (rules, path, expected) => {
    expect(ignored(rules, path)).toBe(expected);
  });
});

describe("devloop's own patterns", () => {
  test.each([
    'node_modules/a/b.js',
    'x/node_modules/a',
    '.git/HEAD',
    'src/.main.ts.swp',
    'src/.main.ts.tmp',
    'a.ts~',
    '.#a',
    '#a#',
    '4913',
  ])('%s is ignored', (path) => {
    expect(ignored('', path)).toBe(true);
  });

  test.each(['src/main.ts', 'node_modules.ts', '.gitignore', '49130', 'a#', 'git/HEAD'])('%s is not', (path) => {
    expect(ignored('', path)).toBe(false);
  });

  test('are taken back in by name', () => {
    expect(ignored('!node_modules', 'node_modules/a.js')).toBe(false);
    expect(ignored('!node_modules', 'x/node_modules/a.js')).toBe(true);
    expect(ignored('!**/node_modules', 'x/node_modules/a.js')).toBe(false);
    expect(new IgnoreRules('!node_modules').skipsFolder('node_modules')).toBe(false);
    expect(new IgnoreRules('').skipsFolder('node_modules')).toBe(true);
  });
});

test('a folder is never skipped when something inside is taken back in', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'node_modules', 'x.log');
  const part = fc.oneof(name, fc.constantFrom('*', '**', 'a*', '?', '[ab]', '**b', '\\a'));
  const pattern = fc
    .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([negated, parts]) => `${negated ? '!' : ''}${parts.join('/')}`);
  const file = fc.array(name, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 5 }), file, (patterns, parts) => {
      const rules = new IgnoreRules(patterns.join('\n'));
      if (rules.ignores(parts.join('/'))) return;
      for (let depth = 1; depth < parts.length; depth += 1) {
        expect(rules.skipsFolder(parts.slice(0, depth).join('/'))).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});

test('no text is too strange to be read', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (rules, path) => {
      new IgnoreRules(rules).ignores(path);
    }),
  );
});

test("a Dockerfile's own ignore file wins over the context's", async () => {
  const folder = temporaryFolder({ '.dockerignore': 'a', 'dev.Dockerfile.dockerignore': 'b' });
  const own = await readIgnoreRules(folder, join(folder, 'dev.Dockerfile'));
  expect([own.ignores('a'), own.ignores('b')]).toEqual([false, true]);
  const shared = await readIgnoreRules(folder, join(folder, 'Dockerfile'));
  expect([shared.ignores('a'), shared.ignores('b')]).toEqual([true, false]);
  const none = await readIgnoreRules(join(folder, 'nowhere'), join(folder, 'nowhere', 'Dockerfile'));
  expect(none.ignores('a')).toBe(false);
});
