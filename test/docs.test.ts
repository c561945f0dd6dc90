import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ConfigSchema } from '../packages/shared/src/config/config-schema.ts';
import { ERROR_CODES } from '../packages/shared/src/errors/error-code.ts';
import { DETAIL_KEYS, OVERVIEW_KEYS } from '../packages/tui/src/ui/app/bindings.ts';
import { keyText } from '../packages/tui/src/ui/keys/key-text.ts';
import { LOGS_KEYS } from '../packages/tui/src/ui/logs/logs-keys.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = path.join(ROOT, 'packages/tui/bundle/main.js');
const run = promisify(execFile);

const names = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', ...names.map((name) => `docs/${name}`)].map((name) => ({
  name,
  text: readFileSync(path.join(ROOT, name), 'utf8'),
}));

/** Command lines of a page: indented lines and inline code that begin with the command's name. */
function commandsOf(text: string): string[] {
  const indented = text.match(/^ {4}devloop (?!web|hello).*$/gm) ?? [];
  const inline = [...text.matchAll(/`(devloop [^`]+)`/g)].map((match) => match[1] ?? '');
  return [...indented.map((line) => line.trim().replace(/\s+#.*$/, '')), ...inline];
}

const helps = new Map<string, Promise<string>>();

/** What the command says of itself, or of one of its verbs; asked once, however many examples there are. */
function help(...verb: readonly string[]): Promise<string> {
  const name = verb.join(' ');
  const said = helps.get(name) ?? run(process.execPath, [COMMAND, ...verb, '--help']).then(({ stdout }) => stdout);
  helps.set(name, said);
  return said;
}

const documented = [...new Set(pages.flatMap(({ text }) => commandsOf(text)))];

test('the pages show commands', () => {
  expect(documented.length).toBeGreaterThan(15);
});

test.each(documented)('%s: the command and its options exist', async (line) => {
  const words = line.split(/[\s|[\]]+/).filter((word) => word !== '');
  const verb = words.slice(1).find((word) => /^[a-z]+$/.test(word));
  const flags = words.filter((word) => /^-{1,2}[a-zA-Z]/.test(word));
  const general = await help();
  if (verb !== undefined) expect(general).toMatch(new RegExp(`^  ${verb} `, 'm'));
  const known = `${verb === undefined ? '' : await help(verb)}\n${general}`.split(/[\s,]+/);
  expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
});

test.each(pages.flatMap(({ name, text }) => [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((m) => [name, m[1]])))(
  'the configuration in %s is one',
  (_name, yaml) => {
    expect(ConfigSchema.safeParse(parse(yaml ?? '')).error).toBeUndefined();
  },
);

test('every error code has its place in the troubleshooting page', () => {
  const page = pages.find(({ name }) => name === 'docs/troubleshooting.md')?.text ?? '';
  expect(ERROR_CODES.filter((code) => !page.includes(`### ${code}`))).toEqual([]);
});

test('every key of the screens is in the page of keys with what it does', () => {
  const page = pages.find(({ name }) => name === 'docs/keys.md')?.text ?? '';
  const rows = page.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
  const wanted = [...OVERVIEW_KEYS, ...DETAIL_KEYS, ...LOGS_KEYS].map(
    ({ keys, title }) => `| ${keys.map((key) => `\`${keyText(key)}\``).join(' ')} | ${title} |`,
  );
  expect(wanted.filter((row) => !rows.includes(row))).toEqual([]);
});

test('the npm scripts that pages name exist', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const named = pages.flatMap(({ text }) => [...text.matchAll(/npm (?:run )?(demo|test|test:cluster|bench)\b/g)]);
  expect(named.length).toBeGreaterThan(0);
  expect(named.map((match) => match[1]).filter((name) => !(`${name}` in scripts))).toEqual([]);
});
