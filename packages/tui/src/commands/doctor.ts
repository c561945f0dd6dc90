import { examine } from '@devloop/daemon/doctor/examine';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { runtimeOf } from '../daemon/runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findProjectFolder } from '../project-folder.ts';
import { plainText } from '../wording/plain-text.ts';
import type { CommandContext } from './command-context.ts';

const MARK = { ok: 'ok', warning: 'note', failed: 'bad' } as const;
const MARK_WIDTH = 4;

/** Looks at what devloop needs on this machine, and says what mends what is missing. */
export async function doctor({ terminal, signal, startFolder }: CommandContext): Promise<ExitCode> {
  const { palette } = terminal;
  const folder = await projectFolder(startFolder);
  let exitCode: ExitCode = EXIT.ok;
  for await (const { name, status, detail, remedy } of examine(folder, signal)) {
    const paint = { ok: palette.good, warning: palette.warning, failed: palette.bad }[status];
    await terminal.print(`${paint(MARK[status].padEnd(MARK_WIDTH))}  ${name}: ${plainText(detail)}`);
    if (remedy !== undefined) await terminal.print(`${' '.repeat(MARK_WIDTH)}  → ${remedy}`);
    if (status === 'failed') exitCode = EXIT.failed;
  }
  if (folder !== undefined) await terminal.print(palette.dim(`The daemon's log: ${runtimeOf(folder).log}`));
  return exitCode;
}

async function projectFolder(startFolder: string): Promise<string | undefined> {
  try {
    return await findProjectFolder(startFolder);
  } catch (error) {
    if (error instanceof DevloopError && error.code === 'config/not-found') return undefined;
    throw error;
  }
}
