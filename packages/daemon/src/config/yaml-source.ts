import type { ConfigDiagnostic } from '@devloop/shared/config/config-diagnostic';
import { type Document, type ParsedNode, visit, type YAMLError } from 'yaml';

/** A YAML text together with what turns offsets into lines. Made by {@link yamlSource}. */
export interface YamlSource {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  /** Offsets at which lines begin, in order. */
  readonly lineStarts: readonly number[];
}

/** Offsets into the text; `end` is exclusive. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** Prepares a text for {@link positionAt}. */
export function yamlSource(file: string, text: string): YamlSource {
  // the parser's own counter loses lines of texts in quotes that run over several of them
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/** Line and column of an offset, both 1-based. */
export function positionAt({ lineStarts }: YamlSource, offset: number): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/** Makes a diagnostic of a range. A range over several lines is marked up to the end of its first line. */
export function diagnosticAt(
  source: YamlSource,
  range: SourceRange,
  words: { readonly message: string; readonly hint: string },
): ConfigDiagnostic {
  const { text, file } = source;
  const { line, column } = positionAt(source, Math.min(range.start, text.length));
  const lineStart = source.lineStarts[line - 1] ?? 0;
  const nextLine = source.lineStarts[line] ?? text.length + 1;
  const sourceLine = text.slice(lineStart, nextLine - 1).replace(/\r$/, '');
  const marked = sourceLine.slice(column - 1, column - 1 + (range.end - range.start)).trimEnd();
  const { message, hint } = words;
  return { file, line, column, length: Math.max(1, marked.length), source: sourceLine, message, hint };
}

/** The diagnostic of a file that is there and cannot be read: no permission, or a folder. */
export function unreadableFile(file: string, error: unknown): ConfigDiagnostic {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'EACCES' ? 'permission denied' : code === 'EISDIR' ? 'it is a folder' : message;
  return {
    file,
    line: 1,
    column: 1,
    length: 1,
    source: '',
    message: `The file cannot be read: ${reason}.`,
    hint: code === 'EACCES' ? `Allow yourself to read it: chmod u+r ${file}` : 'Put a text file in its place.',
  };
}

/** Orders diagnostics by file, then by place. */
export function byPosition(a: ConfigDiagnostic, b: ConfigDiagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** Whether the document can be read although it has this error: a key given twice keeps its last value. */
export function isSyntaxError(error: YAMLError): boolean {
  return error.code !== 'DUPLICATE_KEY';
}

/**
 * The document's errors in the user's words, the first of each line: what the parser says after it about the same line
 * is an echo. Aliases without an anchor are errors too, which the parser leaves to whoever resolves them.
 */
export function yamlDiagnostics(
  source: YamlSource,
  document: Document.Parsed<ParsedNode> | Document.Parsed,
): ConfigDiagnostic[] {
  const found = document.errors.map((error) => {
    return diagnosticAt(source, errorRange(error, source.text), explainYamlError(error, source));
  });
  visit(document, {
    Alias(_, alias, ancestors) {
      if (alias.range == null) return;
      const [start, end] = alias.range;
      const target = alias.resolve(document);
      if (target === undefined) found.push(diagnosticAt(source, { start, end }, unknownAnchor(alias.source)));
      else if (ancestors.some((ancestor) => ancestor === target)) {
        found.push(diagnosticAt(source, { start, end }, anchorInItself(alias.source)));
      }
    },
  });
  return found.filter((one, index) => found.findIndex((other) => other.line === one.line) === index).sort(byPosition);
}

function unknownAnchor(name: string): { message: string; hint: string } {
  return {
    message: `There is no anchor \`&${name}\` that \`*${name}\` could stand for.`,
    hint: `Put \`&${name}\` before the value that is meant, or quote the text: "*${name}".`,
  };
}

function anchorInItself(name: string): { message: string; hint: string } {
  return {
    message: `\`*${name}\` stands inside the value that \`&${name}\` names, which would never end.`,
    hint: 'Write the value out.',
  };
}

/** The parser marks single characters, and white space: mark the word that stands there, or the quote left open. */
function errorRange(error: YAMLError, text: string): SourceRange {
  let [start, end] = error.pos;
  const quote = /quote/.test(error.message) ? error.message.match(/["']/)?.[0] : undefined;
  if (quote !== undefined) start = Math.max(0, text.lastIndexOf(quote, start - 1));
  else if (error.code === 'BAD_INDENT' && error.message.startsWith('Flow')) start = openBracket(text, start);
  else if (error.code === 'BAD_INDENT') start += /^ */.exec(text.slice(start))?.[0].length ?? 0;
  const word = /^[^\s,:]+/.exec(text.slice(start, start + 256))?.[0] ?? '';
  return { start, end: Math.max(end, start + word.length) };
}

/** Where the innermost bracket is that is open at an offset. */
function openBracket(text: string, offset: number): number {
  let closed = 0;
  for (let at = offset - 1; at >= 0; at--) {
    const sign = text[at] ?? '';
    if ('])}'.includes(sign)) closed++;
    else if ('[({'.includes(sign) && closed-- === 0) return at;
  }
  return offset;
}

function explainYamlError(error: YAMLError, source: YamlSource): { message: string; hint: string } {
  const [start] = error.pos;
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^["']?([^:"'\s]+)/.exec(source.text.slice(start))?.[1] ?? 'the key';
      return { message: `\`${key}\` is given twice.`, hint: 'Keep one of the two: only the last would count.' };
    }
    case 'TAB_AS_INDENT':
      return { message: 'A tab is used as indentation.', hint: 'YAML wants spaces: replace the tab by two spaces.' };
    case 'BAD_INDENT':
      return error.message.startsWith('Flow')
        ? {
            message: `The bracket is not closed: ${error.message.endsWith('}') ? '} is missing' : '] is missing'}.`,
            hint: 'Close it at the end of the value.',
          }
        : {
            message: 'The indentation fits neither the key above nor the one around it.',
            hint: 'Keys of one level start in the same column; two spaces for each level.',
          };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      if (error.message.includes('quote')) {
        return { message: 'A quote is not closed.', hint: 'Close the text with the quote it was opened with.' };
      }
      return {
        message: 'This does not read as `key: value`.',
        hint:
          'A key needs a colon and a space after it, a text that holds ": " needs quotes, and keys below a key that ' +
          'has a value cannot be indented further.',
      };
    case 'BAD_SCALAR_START':
      return {
        message: 'A text cannot start with this character.',
        hint: 'Put the text in double quotes.',
      };
    case 'MULTIPLE_DOCS':
      return { message: 'A second document starts here.', hint: 'Remove the line `---` and what follows it.' };
    default:
      return { message: `This is not valid YAML: ${error.message}.`, hint: 'Mend the line, or the one above it.' };
  }
}
