import { z } from '../zod.ts';

/** One problem in a file the user wrote, at the place where it is. */
export const ConfigDiagnostic = z.object({
  /** Absolute path. */
  file: z.string(),
  /** 1-based. */
  line: z.number().int(),
  /** 1-based. */
  column: z.number().int(),
  /** How many characters the squiggle covers; at least 1. */
  length: z.number().int(),
  /** The whole line as the user wrote it. */
  source: z.string(),
  /** What is wrong with what. */
  message: z.string(),
  /** What is meant, and the edit that mends it. */
  hint: z.string(),
});
export type ConfigDiagnostic = z.infer<typeof ConfigDiagnostic>;

const TAB_WIDTH = 2;

/**
 * Renders a diagnostic as `file:line:column`, the line, a squiggle and the hint.
 *
 * @param displayPath how the file is to be named, usually its path relative to the working folder
 */
export function renderDiagnostic(diagnostic: ConfigDiagnostic, displayPath: string): string {
  const expand = (text: string) => text.replaceAll('\t', ' '.repeat(TAB_WIDTH));
  const gutter = String(diagnostic.line).length;
  const before = expand(diagnostic.source.slice(0, diagnostic.column - 1));
  const marked = expand(diagnostic.source.slice(diagnostic.column - 1, diagnostic.column - 1 + diagnostic.length));
  return [
    `${displayPath}:${diagnostic.line}:${diagnostic.column}: ${diagnostic.message}`,
    `  ${diagnostic.line} | ${expand(diagnostic.source)}`,
    `  ${' '.repeat(gutter)} | ${' '.repeat(before.length)}${'~'.repeat(Math.max(1, marked.length))}`,
    `  ${diagnostic.hint}`,
  ].join('\n');
}
