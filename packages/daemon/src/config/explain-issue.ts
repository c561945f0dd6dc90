import type { z } from '@devloop/shared/zod';
import { explainUnknownKey } from './config-keys.ts';
import type { ConfigPath, ConfigProblem } from './config-problem.ts';
import { toDnsLabel } from './dns-label.ts';
import { expectationAt } from './expected-values.ts';

type Issue = z.core.$ZodIssue;

/**
 * Says what a schema issue means in the user's words.
 *
 * @param root the value that was validated, as read from YAML
 * @param parent path that the issue's own path is relative to: an issue inside a union's branch
 */
export function explainIssue(issue: Issue, root: unknown, parent: ConfigPath = []): ConfigProblem[] {
  const path = [...parent, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], at: 'key', ...explainUnknownKey(path, key) }));
    case 'invalid_key':
      return [explainName(path)];
    case 'invalid_union':
      return explainUnion(issue.errors, root, path);
    default:
      return [explainValue(path, valueAt(root, path))];
  }
}

/** The value at a path, or undefined where there is none. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Of a union, only the branch whose kind of value the user wrote is worth explaining; without one, say what is meant. */
function explainUnion(branches: readonly Issue[][], root: unknown, path: ConfigPath): ConfigProblem[] {
  const value = valueAt(root, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const meant = branches.find((issues) => !issues.some((issue) => issue.path.length === 0 && isTypeIssue(issue)));
    if (meant !== undefined) return meant.flatMap((issue) => explainIssue(issue, root, path));
  }
  return [explainValue(path, value)];
}

function isTypeIssue(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function explainName(path: ConfigPath): ConfigProblem {
  const name = String(path.at(-1));
  const label = toDnsLabel(name);
  return {
    path,
    at: 'key',
    message: `\`${name}\` cannot be the name of a service.`,
    hint:
      'Names are lower-case letters, digits and "-", at most 63 characters, and start and end with a letter or digit' +
      `${label === '' ? '.' : `: \`${label}\`.`}`,
  };
}

function explainValue(path: ConfigPath, value: unknown): ConfigProblem {
  const { meaning, example } = expectationAt(path);
  const last = path.at(-1);
  const subject = path.length === 0 ? 'The file' : typeof last === 'number' ? 'This item' : `\`${last}\``;
  if (path.length === 1 && last === 'services' && (value === null || value === undefined)) return noServices();
  if (value === undefined) {
    return { path, at: 'key', message: `${subject} is missing.`, hint: `Add ${meaning}: \`${example}\`.` };
  }
  if (value === null) {
    const isVariable = ['env', 'args'].includes(String(path.at(-2)));
    return {
      path,
      at: 'key',
      message: `${subject} has no value.`,
      hint: isVariable
        ? `Write \`${last}: ""\` for an empty one, or remove the line.`
        : `Write ${meaning} after it: \`${example}\`, or remove the line.`,
    };
  }
  const isListOfOne = typeof value === 'string' && /^a list of/.test(meaning);
  return {
    path,
    at: 'value',
    message: `${subject} must be ${meaning}, not ${nameOf(value)}.`,
    hint: isListOfOne ? `Write it as a list: \`${last}: [${value}]\`.` : `For example: \`${example}\`.`,
  };
}

/** The problem of a config that has a `services:` without any service. */
export function noServices(): ConfigProblem {
  return {
    path: ['services'],
    at: 'key',
    message: '`services` names no service.',
    hint: 'Write the name of one below it, indented: `  web:`.',
  };
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (value === '') return 'an empty text';
  return typeof value === 'string' ? `the text "${value}"` : String(value);
}
