/** Longer texts are shown as they are: the user asked for a view, not for a pause. */
const LONGEST = 100_000;
const INDENT = '  ';

/**
 * JSON over several lines, each value as it was written: numbers of any length, escapes, order. Undefined for what is
 * neither an object nor an array.
 */
export function prettyJson(text: string): string[] | undefined {
  const json = text.trim();
  if (json.length > LONGEST || !/^[{[]/.test(json) || !isJson(json)) return undefined;
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const breakLine = () => {
    lines.push(line);
    line = INDENT.repeat(depth);
  };
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|[^\s"{}[\],:]+/gsu)) {
    if (token === '{' || token === '[') {
      line += token;
      depth += 1;
      breakLine();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      breakLine();
      line += token;
    } else if (token === ',') {
      line += token;
      breakLine();
    } else if (token === ':') line += ': ';
    else line += token.startsWith('{') ? '{}' : token.startsWith('[') ? '[]' : token;
  }
  return [...lines, line];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
