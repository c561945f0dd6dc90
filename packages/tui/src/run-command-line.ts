import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommanderError } from 'commander';
import { createProgram, type Request } from './command-line.ts';
import { EXIT, type ExitCode, exitCodeFor } from './exit-codes.ts';
import { abortOnInterruption, Interruption } from './interruption.ts';
import { runRequest } from './run-request.ts';
import { Terminal } from './terminal/terminal.ts';

/** Runs the command that the arguments name, and answers with the exit code. The only place where errors are printed. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  const terminal = new Terminal(process.stdin, process.stdout, process.stderr, process.env);
  abortOnInterruption(controller);
  let exitCode: number = EXIT.ok;
  const run = async (request: Request) => {
    const cwd = process.cwd();
    const startFolder = path.resolve(cwd, request.folder ?? '.');
    exitCode = await runRequest(request, { terminal, signal, cwd, startFolder });
  };
  try {
    await createProgram(packageVersion(), run, terminal.isFullScreen).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // it has been printed
    if (signal.reason instanceof Interruption) return signal.reason.exitCode;
    return complain(error, terminal);
  }
}

async function complain(error: unknown, terminal: Terminal): Promise<ExitCode> {
  const { toReport } = await import('@devloop/shared/errors/devloop-error');
  const { reportLines } = await import('./terminal/report.ts');
  const report = toReport(error);
  await terminal.complain(reportLines(report, terminal.errorPalette).join('\n'));
  return exitCodeFor(report.code);
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return version;
}
