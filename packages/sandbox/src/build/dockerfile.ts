/** One instruction, as docs.docker.com/reference/dockerfile names its parts. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** `--from=builder` and the like, in front of the arguments. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows, continued lines joined. */
  readonly text: string;
  /** The arguments of the exec form: a JSON array of strings. */
  readonly json: readonly string[] | undefined;
  /** Body of a here-document, with the name that ends it. */
  readonly heredoc: { readonly name: string; readonly body: string } | undefined;
  /** First line, from 1. */
  readonly line: number;
  /** As progress shows it. */
  readonly shown: string;
}

export interface Dockerfile {
  /** `\` or a backtick. */
  readonly escapeCharacter: string;
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile that cannot be read, in BuildKit's words. */
export class DockerfileError extends Error {}

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** @throws DockerfileError */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escapeCharacter = escapeOf(lines);
  const continued = new RegExp(`${escapeCharacter === '`' ? '`' : '\\\\'}[ \\t]*$`);
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let logical = (lines[at] ?? '').trimStart();
    if (logical === '' || logical.startsWith('#')) continue;
    while (continued.test(logical) && at + 1 < lines.length) {
      at += 1;
      const next = lines[at] ?? '';
      // comments and empty lines between continued lines do not end the instruction
      if (next.trimStart().startsWith('#') || next.trim() === '') continue;
      logical = logical.replace(continued, '') + next;
    }
    logical = logical.replace(continued, '').trimEnd();
    const opened = /^RUN\s/i.test(logical) ? /<<(-?)\s*(["']?)(\w+)\2/.exec(logical) : null;
    let heredoc: Instruction['heredoc'];
    if (opened !== null) {
      const [, strip = '', , name = ''] = opened;
      const body: string[] = [];
      const ends = (line: string) => (strip === '-' ? line.replace(/^\t+/, '') : line) === name;
      for (at += 1; at < lines.length && !ends(lines[at] ?? ''); at++) body.push(lines[at] ?? '');
      if (at >= lines.length) throw parseError(first + 1, 'unterminated heredoc');
      heredoc = { name, body: body.map((line) => `${strip === '-' ? line.replace(/^\t+/, '') : line}\n`).join('') };
    }
    instructions.push(readInstruction(logical, first + 1, heredoc));
  }
  if (instructions.length === 0) throw new DockerfileError('file with no instructions');
  return { escapeCharacter, instructions };
}

export function parseError(line: number, what: string): DockerfileError {
  return new DockerfileError(`dockerfile parse error on line ${line}: ${what}`);
}

function readInstruction(logical: string, line: number, heredoc: Instruction['heredoc']): Instruction {
  const [word = ''] = logical.split(/\s/, 1);
  const keyword = word.toUpperCase();
  if (!KEYWORDS.has(keyword)) throw parseError(line, `unknown instruction: ${word}`);
  const flags: Record<string, string> = {};
  let text = logical.slice(word.length).trim();
  const takesFlags = ['ADD', 'COPY', 'FROM', 'RUN', 'HEALTHCHECK'].includes(keyword);
  for (let flag = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text); takesFlags && flag !== null; ) {
    flags[flag[1] ?? ''] = flag[2] ?? 'true';
    text = text.slice(flag[0].length);
    flag = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text);
  }
  const json = jsonArray(text);
  const isMissing = text === '' || (['ADD', 'COPY'].includes(keyword) && (json ?? text.split(/\s+/)).length < 2);
  if (isMissing && keyword !== 'RUN') throw parseError(line, missingArguments(keyword));
  if (keyword === 'HEALTHCHECK' && !/^(?:NONE$|CMD\s)/i.test(text)) {
    throw parseError(line, `Unknown type "${text.split(/\s/)[0]?.toUpperCase()}" in HEALTHCHECK (try CMD)`);
  }
  const shown = `${keyword} ${logical.slice(word.length).trim()}`.replace(/\s+/g, ' ');
  return { keyword, flags, text, json, heredoc, line, shown };
}

function missingArguments(keyword: string): string {
  switch (keyword) {
    case 'ENV':
    case 'LABEL':
    case 'ARG':
    case 'EXPOSE':
    case 'VOLUME':
      return `${keyword} requires at least one argument`;
    case 'ADD':
    case 'COPY':
      return `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`;
    default:
      return `${keyword} requires exactly one argument`;
  }
}

function jsonArray(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) && read.every((one) => typeof one === 'string') ? read : undefined;
  } catch {
    return undefined; // then it is the shell form
  }
}

/** Directives stand in front of everything else. */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^#\s*([a-z]+)\s*=\s*(.+?)\s*$/i.exec(line);
    if (directive === null) return '\\';
    if (directive[1]?.toLowerCase() === 'escape') {
      const value = directive[2] ?? '';
      if (value !== '\\' && value !== '`')
        throw new DockerfileError(`invalid escape token '${value}' does not match \` or \\`);
      return value;
    }
  }
  return '\\';
}
