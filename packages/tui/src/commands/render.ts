import { loadProject } from '@devloop/daemon/project/load-project';
import { renderProject } from '@devloop/daemon/project/render';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { withPatience } from '../terminal/patience.ts';
import { diagnosticLines } from '../terminal/report.ts';
import type { CommandContext } from './command-context.ts';

/** Prints what would be applied, as YAML, without a cluster. */
export async function render({ terminal, cwd, startFolder, signal }: CommandContext): Promise<ExitCode> {
  const outcome = await loadProject(await findProjectFolder(startFolder), signal);
  if (!outcome.ok) {
    await terminal.complain(diagnosticLines(outcome.diagnostics, cwd).join('\n'));
    return EXIT.config;
  }
  const text = await withPatience(terminal, 'hashing the sources', () => renderProject(outcome.project));
  await terminal.print(text.trimEnd());
  return EXIT.ok;
}
