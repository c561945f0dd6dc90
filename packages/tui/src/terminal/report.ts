import path from 'node:path';
import { type ConfigDiagnostic, renderDiagnostic } from '@devloop/shared/config/config-diagnostic';
import type { ErrorReport } from '@devloop/shared/errors/devloop-error';
import { plainText } from '../wording/plain-text.ts';
import type { Palette } from './palette.ts';

/** An error as it is printed: what happened, the lines that prove it, and what mends it. */
export function reportLines(report: ErrorReport, palette: Palette): string[] {
  const [message = '', ...more] = report.message.split('\n').map(plainText);
  const [remedy = '', ...remedies] = report.remedy.split('\n').map(plainText);
  return [
    `${palette.bad(message)} ${palette.dim(`[${report.code}]`)}`,
    ...more,
    ...report.evidence.map((line) => palette.dim(`  ${plainText(line)}`)),
    `→ ${remedy}`,
    ...remedies.map((line) => `  ${line}`),
  ];
}

/** Problems of the configuration, each with its place, files named relative to `cwd`. */
export function diagnosticLines(diagnostics: readonly ConfigDiagnostic[], cwd: string): string[] {
  return diagnostics.flatMap((diagnostic, index) => [
    ...(index === 0 ? [] : ['']),
    ...renderDiagnostic(diagnostic, displayPath(diagnostic.file, cwd)).split('\n').map(plainText),
  ]);
}

/** A path relative to where the user is, or absolute where that is far away. */
export function displayPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative === '' ? '.' : relative.startsWith(`..${path.sep}..`) ? file : relative;
}
