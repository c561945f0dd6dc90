/** A variable that must have a value (`${NAME:?words}`), or a `$` that begins nothing. */
export class InterpolationError extends Error {}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;

/**
 * Puts variables into a text as the compose-spec says (12-interpolation.md): `$NAME`, `${NAME}`, `${NAME:-default}`,
 * `${NAME-default}`, `${NAME:?error}`, `${NAME?error}`, `${NAME:+replacement}`, `${NAME+replacement}`, nested ones in the
 * latter parts, and `$$` for a `$`. A variable without a value and without a default counts as empty.
 *
 * @param onUnset told of each such variable
 * @throws InterpolationError
 */
export function interpolate(
  text: string,
  variables: ReadonlyMap<string, string>,
  onUnset?: (name: string) => void,
): string {
  const read = (part: string): string => {
    let result = '';
    let rest = part;
    for (let at = rest.indexOf('$'); at !== -1; at = rest.indexOf('$')) {
      result += rest.slice(0, at);
      rest = rest.slice(at + 1);
      if (rest.startsWith('$')) {
        result += '$';
        rest = rest.slice(1);
        continue;
      }
      const isBraced = rest.startsWith('{');
      const name = NAME.exec(isBraced ? rest.slice(1) : rest)?.[0];
      if (name === undefined) {
        throw new InterpolationError(`\`$${rest.slice(0, 12)}\` names no variable; a \`$\` itself is written \`$$\``);
      }
      if (!isBraced) {
        result += variable(name);
        rest = rest.slice(name.length);
        continue;
      }
      const end = closingBrace(rest);
      if (end === -1) throw new InterpolationError(`\`\${${name}\` is not closed by a \`}\``);
      result += expand(name, rest.slice(1 + name.length, end));
      rest = rest.slice(end + 1);
    }
    return result + rest;
  };
  const variable = (name: string): string => {
    const value = variables.get(name);
    if (value === undefined) onUnset?.(name);
    return value ?? '';
  };
  const expand = (name: string, operation: string): string => {
    if (operation === '') return variable(name);
    const [, sign = '', word = ''] = /^(:?[-?+])([\s\S]*)$/.exec(operation) ?? [];
    if (sign === '') throw new InterpolationError(`\`\${${name}${operation}}\` is no form that compose knows`);
    const value = variables.get(name);
    const hasValue = sign.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    if (sign.endsWith('+')) return hasValue ? read(word) : '';
    if (hasValue) return value ?? '';
    if (sign.endsWith('-')) return read(word);
    throw new InterpolationError(`${name} has no value: ${read(word) || 'it is required'}`);
  };
  return read(text);
}

/** Where the brace is that closes the one at the beginning; -1 where none does. */
function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}') {
      depth--;
      if (depth === 0) return at;
    }
  }
  return -1;
}
