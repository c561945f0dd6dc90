import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What is left out of every context unless `.dockerignore` takes it back in (`!node_modules`): version control,
 * installed packages, and the temporary files that editors write beside the file being saved.
 */
const DEFAULT_PATTERNS = [
  '**/.git',
  '**/.hg',
  '**/.svn',
  '**/node_modules',
  '**/.DS_Store',
  '**/*~',
  '**/.#*',
  '**/#*#',
  '**/.*.swp',
  '**/.*.swo',
  '**/.*.swx',
  '**/.*.swn',
  '**/.*.kate-swp',
  '**/.*.tmp',
  '**/4913',
  '**/*___jb_old___',
  '**/*___jb_tmp___',
  '**/.idea',
  '**/*-go-tmp-umask',
];

interface Pattern {
  readonly negated: boolean;
  readonly matches: RegExp;
  /** The pattern's leading part without wildcards; '' where it begins with one. */
  readonly literalPrefix: string;
}

/**
 * One predicate for what is watched, hashed and sent: Docker's `.dockerignore` rules
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files) after devloop's own defaults; the last
 * pattern that matches decides.
 */
export class IgnoreRules {
  readonly #patterns: readonly Pattern[];
  readonly #negations: readonly Pattern[];
  /** Equal for equal rules. */
  readonly key: string;

  constructor(dockerignore: string) {
    this.key = dockerignore;
    const own = dockerignore
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    this.#patterns = [...DEFAULT_PATTERNS, ...own].flatMap((line) => parsePattern(line) ?? []);
    this.#negations = this.#patterns.filter((pattern) => pattern.negated);
  }

  /** @param relative path inside the context, with `/`, without a leading `./` */
  ignores(relative: string): boolean {
    if (relative === '') return false;
    let ignored = false;
    for (const pattern of this.#patterns) {
      if (pattern.negated === ignored && matchesPathOrParent(pattern.matches, relative)) ignored = !pattern.negated;
    }
    return ignored;
  }

  /** Whether a folder can be passed over with all that is in it: it is ignored and nothing inside is taken back in. */
  skipsFolder(relative: string): boolean {
    if (!this.ignores(relative)) return false;
    return !this.#negations.some(
      ({ literalPrefix }) =>
        literalPrefix === '' || literalPrefix.startsWith(`${relative}/`) || `${relative}/`.startsWith(literalPrefix),
    );
  }
}

/**
 * Reads the rules that hold for a build: `<Dockerfile>.dockerignore` beside the Dockerfile if it is there, else
 * `.dockerignore` in the context.
 */
export async function readIgnoreRules(context: string, dockerfile: string): Promise<IgnoreRules> {
  for (const file of ignoreFiles(context, dockerfile)) {
    try {
      return new IgnoreRules(await readFile(file, 'utf8'));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return new IgnoreRules('');
}

/** The files that may hold a build's ignore rules, the one that wins first. */
export function ignoreFiles(context: string, dockerfile: string): string[] {
  return [`${dockerfile}.dockerignore`, path.join(context, '.dockerignore')];
}

function parsePattern(line: string): Pattern | undefined {
  const negated = line.startsWith('!');
  const cleaned = path.posix.normalize(negated ? line.slice(1).trim() : line);
  const pattern = cleaned.replace(/^\/+/, '').replace(/\/+$/, '');
  if (pattern === '' || pattern === '.') return undefined;
  const matches = toRegExp(pattern);
  if (matches === undefined) return undefined;
  const wildcard = pattern.search(/[*?[\\]/);
  return { negated, matches, literalPrefix: wildcard === -1 ? pattern : pattern.slice(0, wildcard) };
}

/** Undefined for what is no pattern, such as the range `[z-a]`; Docker refuses the whole build for one. */
function toRegExp(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^${toRegExpSource(pattern)}$`, 's');
  } catch {
    return undefined;
  }
}

/** Go's filepath.Match with Docker's `**` (github.com/moby/patternmatcher), as a regular expression. */
function toRegExpSource(pattern: string): string {
  // `**.log` means every path that ends so; further on, or before another wildcard, `**` stands for whole folders.
  const isSuffix = /^\*\*[^*?[\\]+$/.test(pattern);
  let source = '';
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern.charAt(i);
    if (char === '*' && pattern[i + 1] === '*') {
      const slash = pattern[i + 2] === '/';
      i += slash ? 2 : 1;
      source += i === pattern.length - 1 || (isSuffix && !slash) ? '.*' : '(?:.*/)?';
    } else if (char === '*') {
      source += '[^/]*';
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end === -1) source += '\\[';
      else {
        source += pattern.slice(i, end + 1);
        i = end;
      }
    } else if (char === '\\') {
      i += 1;
      source += literally(pattern[i] ?? '\\');
    } else {
      source += literally(char);
    }
  }
  return source;
}

function literally(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}

function matchesPathOrParent(matches: RegExp, relative: string): boolean {
  for (let end = relative.length; end > 0; end = relative.lastIndexOf('/', end - 1)) {
    if (matches.test(relative.slice(0, end))) return true;
  }
  return false;
}
