import { parseEnv } from 'node:util';
import { interpolate } from './interpolate.ts';

/**
 * The variables of an env file. Values outside of single quotes may name variables: of the environment, or of lines
 * before.
 *
 * @throws InterpolationError
 */
export function readDotEnv(text: string, environment: ReadonlyMap<string, string>): Map<string, string> {
  const literal = new Set([...text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*=\s*'/gm)].map(([, name]) => name));
  const found = new Map<string, string>();
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    const known = new Map([...found, ...environment]);
    found.set(name, literal.has(name) ? value : interpolate(value, known));
  }
  return found;
}
