import { loadProject } from '@devloop/daemon/project/load-project';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { diagnosticLines } from '../terminal/report.ts';
import type { CommandContext } from './command-context.ts';

/** Checks devloop.yaml, the manifests and the Dockerfiles it leads to, without a cluster. */
export async function check({ terminal, cwd, startFolder, signal }: CommandContext): Promise<ExitCode> {
  const outcome = await loadProject(await findProjectFolder(startFolder), signal);
  if (!outcome.ok) {
    await terminal.print(diagnosticLines(outcome.diagnostics, cwd).join('\n'));
    await terminal.print(`\n${counted(outcome.diagnostics.length, 'problem')}.`);
    return EXIT.failed;
  }
  const { project, warnings } = outcome;
  if (warnings.length > 0) await terminal.print(`${diagnosticLines(warnings, cwd).join('\n')}\n`);
  const objects = new Set([...project.manifests, ...project.services.flatMap((service) => service.manifests)]);
  const names = project.services.map(({ name }) => name).join(', ');
  await terminal.print(
    `${project.name} is in order: ${counted(project.services.length, 'service')} (${names}), ${counted(objects.size, 'object')}.`,
  );
  return EXIT.ok;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
