/** What a variable is set to; undefined: it is not set. */
export type Lookup = (name: string) => string | undefined;

/**
 * Words of an instruction's arguments: split at spaces outside quotes, variables replaced, quotes and escapes taken
 * off, as BuildKit's frontend/dockerfile/shell does.
 *
 * @throws Error for a brace that is not closed, or a variable that `:?` demands
 */
export function expandWords(text: string, lookup: Lookup, escapeCharacter: string): string[] {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let quote = '';
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (quote === '' && /\s/.test(char)) {
      if (begun) words.push(word);
      word = '';
      begun = false;
      at += 1;
      continue;
    }
    begun = true;
    if (char === quote) {
      quote = '';
      at += 1;
    } else if (quote === '' && (char === "'" || char === '"')) {
      quote = char;
      at += 1;
    } else if (quote === "'") {
      word += char;
      at += 1;
    } else if (char === escapeCharacter) {
      const next = text[at + 1] ?? '';
      word += quote === '"' && !['"', '$', escapeCharacter].includes(next) ? char + next : next;
      at += 2;
    } else if (char === '$') {
      const variable = readVariable(text, at, lookup, escapeCharacter);
      word += variable.value;
      at = variable.end;
    } else {
      word += char;
      at += 1;
    }
  }
  if (begun) words.push(word);
  return words;
}

/** All of a text as one word: spaces stay. */
export function expandText(text: string, lookup: Lookup, escapeCharacter: string): string {
  return text
    .split(/(\s+)/)
    .map((part, index) => (index % 2 === 1 ? part : (expandWords(part, lookup, escapeCharacter)[0] ?? '')))
    .join('');
}

/**
 * `NAME=value NAME2="a b"`, or `NAME the rest` as ENV and LABEL know it of old.
 *
 * @throws Error for a word without `=`
 */
export function expandPairs(text: string, lookup: Lookup, escapeCharacter: string): [string, string][] {
  const old = /^([^\s=]+)\s+(.*)$/s.exec(text);
  if (old !== null) return [[old[1] ?? '', expandText(old[2] ?? '', lookup, escapeCharacter)]];
  return expandWords(text, lookup, escapeCharacter).map((word) => {
    const equals = word.indexOf('=');
    if (equals < 1) throw new Error(`can't find = in "${word}". Must be of the form: name=value`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

function readVariable(
  text: string,
  at: number,
  lookup: Lookup,
  escapeCharacter: string,
): { value: string; end: number } {
  if (text[at + 1] !== '{') {
    const name = /^[A-Za-z_][A-Za-z0-9_]*|^\d/.exec(text.slice(at + 1))?.[0];
    if (name === undefined) return { value: '$', end: at + 1 };
    return { value: lookup(name) ?? '', end: at + 1 + name.length };
  }
  const end = closingBrace(text, at + 2);
  const [, name = '', colon = '', modifier = '', word = ''] =
    /^([A-Za-z_][A-Za-z0-9_]*|\d)(?:(:?)([-+?])(.*))?$/s.exec(text.slice(at + 2, end)) ?? [];
  if (name === '') throw new Error('unsupported modifier in substitution');
  const value = lookup(name);
  const isSet = value !== undefined && (colon === '' || value !== '');
  const instead = () => expandText(word, lookup, escapeCharacter);
  switch (modifier) {
    case '-':
      return { value: isSet ? value : instead(), end: end + 1 };
    case '+':
      return { value: isSet ? instead() : '', end: end + 1 };
    case '?':
      if (!isSet) throw new Error(`${name}: ${word === '' ? 'is not allowed to be unset' : word}`);
      return { value, end: end + 1 };
    default:
      return { value: value ?? '', end: end + 1 };
  }
}

function closingBrace(text: string, from: number): number {
  for (let at = from, depth = 1; at < text.length; at++) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error('syntax error: missing "}"');
}
