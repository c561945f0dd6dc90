import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

/**
 * The `helm` command as far as the scenarios use it: `template RELEASE CHART` with values of files and of the command line,
 * on templates that name values, the release and its namespace, and nothing else of the template language. As helm's do,
 * its errors begin with `Error: ` and end it with 1.
 */
type Values = Record<string, unknown>;

function main(): void {
  const { positionals, tokens } = parseArgs({
    allowPositionals: true,
    tokens: true,
    options: {
      namespace: { type: 'string', default: 'default' },
      values: { type: 'string', multiple: true },
      set: { type: 'string', multiple: true },
      'set-string': { type: 'string', multiple: true },
      'include-crds': { type: 'boolean' },
      'skip-tests': { type: 'boolean' },
    },
  });
  const [verb, release = '', chart = ''] = positionals;
  if (verb !== 'template') throw new Error(`unknown command "${verb}" for "helm"`);
  const { name } = readYaml(path.join(chart, 'Chart.yaml'));
  let values = readYaml(path.join(chart, 'values.yaml'));
  let namespace = 'default';
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value === undefined) continue;
    if (token.name === 'namespace') namespace = token.value;
    if (token.name === 'values') values = merged(values, readYaml(token.value));
    if (token.name === 'set')
      values = merged(
        values,
        single(token.value, (text) => parse(text)),
      );
    if (token.name === 'set-string')
      values = merged(
        values,
        single(token.value, (text) => text),
      );
  }
  const folder = path.join(chart, 'templates');
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
    const scope = { Values: values, Release: { Name: release, Namespace: namespace } };
    const rendered = readFileSync(path.join(folder, file), 'utf8').replaceAll(
      /\{\{-? *([^}]*?) *-?\}\}/g,
      (_all, action) => String(valueAt(scope, action, `${name}/templates/${file}`)),
    );
    process.stdout.write(`---\n# Source: ${name}/templates/${file}\n${rendered}`);
  }
}

function readYaml(file: string): Values {
  return parse(readFileSync(file, 'utf8')) ?? {};
}

function merged(below: Values, above: Values): Values {
  const isMap = (value: unknown): value is Values =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const both = Object.entries(above).map(([key, value]) => {
    const old = below[key];
    return [key, isMap(value) && isMap(old) ? merged(old, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(both) };
}

/** `a.b=c` as a mapping. */
function single(text: string, read: (value: string) => unknown): Values {
  const equals = text.indexOf('=');
  const value = read(text.slice(equals + 1).replaceAll(/\\(.)/g, '$1'));
  const keys = text.slice(0, equals).split('.');
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;
}

function valueAt(scope: Values, action: string, template: string): unknown {
  if (!action.startsWith('.')) throw new Error(`parse error at (${template}:1): function "${action}" not defined`);
  let value: unknown = scope;
  for (const key of action.slice(1).split('.')) {
    value = (value as Values | undefined)?.[key];
    if (value === undefined) {
      throw new Error(
        `template: ${template}:1:1: executing "${template}" at <${action}>: nil pointer evaluating ${key}`,
      );
    }
  }
  return value;
}

try {
  main();
} catch (error) {
  process.stderr.write(`Error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
