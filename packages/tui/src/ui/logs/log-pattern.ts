/** A place in a text, from `start` to before `end`, as indexes. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Written `/like this/`, with an `i` behind where upper case must not count. */
const REGEX = /^\/(.+)\/(i?)$/su;

/** What the user looks for: plain text or a regular expression. Upper case counts where the user typed any. */
export class LogPattern {
  /** As the user typed it. */
  readonly source: string;
  /** Whether the user wrote a regular expression, which may take for ever. */
  readonly isRegex: boolean;
  #isTooSlow = false;
  /** While it matches: tells after an end by force which pattern it was. */
  #isRunning = false;
  readonly #regex: RegExp;
  readonly #exact: string | undefined;

  constructor(source: string, regex: RegExp, exact: string | undefined, isRegex: boolean) {
    this.source = source;
    this.#regex = regex;
    this.#exact = exact;
    this.isRegex = isRegex;
  }

  /** Whether it once took too long; it matches nothing from then on. */
  get isTooSlow(): boolean {
    return this.#isTooSlow;
  }

  /** After an end by force. */
  giveUpIfRunning(): void {
    this.#isTooSlow ||= this.#isRunning;
    this.#isRunning = false;
  }

  matches(text: string): boolean {
    if (this.#exact !== undefined) return text.includes(this.#exact);
    if (this.#isTooSlow) return false;
    this.#isRunning = true;
    this.#regex.lastIndex = 0;
    const found = this.#regex.test(text);
    this.#isRunning = false;
    return found;
  }

  /** All matches that are not empty, in order, without overlap. */
  ranges(text: string): TextRange[] {
    if (this.#isTooSlow) return [];
    this.#isRunning = true;
    this.#regex.lastIndex = 0;
    const ranges = [...text.matchAll(this.#regex)]
      .filter(([match]) => match !== '')
      .map(({ 0: match, index }) => ({ start: index, end: index + match.length }));
    this.#isRunning = false;
    return ranges;
  }
}

export type CompiledPattern = { readonly pattern: LogPattern } | { readonly error: string };

/** What was typed as a pattern, or why it is none. The text is not empty. */
export function compilePattern(source: string): CompiledPattern {
  const [, body, flag] = REGEX.exec(source) ?? [];
  if (body === undefined) {
    const exact = hasUpperCase(source) ? source : undefined;
    const escaped = source.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    return { pattern: new LogPattern(source, new RegExp(escaped, exact === undefined ? 'gi' : 'g'), exact, false) };
  }
  // of an escape as `\S` the letter is none that is looked for
  const isCaseless = flag === 'i' || !hasUpperCase(body.replaceAll(/\\(?:[pP]\{[^}]*\}|.)/gu, ''));
  try {
    return { pattern: new LogPattern(source, regexOf(body, isCaseless ? 'gi' : 'g'), undefined, true) };
  } catch (error) {
    return { error: reason(error) };
  }
}

/** Unicode-aware where the expression is valid so; much that people write is so only without. */
function regexOf(body: string, flags: string): RegExp {
  try {
    return new RegExp(body, `${flags}u`);
  } catch {
    return new RegExp(body, flags);
  }
}

function hasUpperCase(text: string): boolean {
  return text !== text.toLowerCase();
}

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Invalid regular expression: .*\/\w*: /su, '').toLowerCase();
}
