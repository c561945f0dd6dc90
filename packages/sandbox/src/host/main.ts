#!/usr/bin/env node
/**
 * A sandbox for as long as somebody holds its standard input open: `--folder FOLDER` is where it is to be. Prints one
 * line of JSON when it can be used, with the environment by which it is found, or why it cannot be. With `--check`, only
 * says whether there could be one.
 */
import { mkdir, realpath } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isolationProblem, isSupported } from './isolation.ts';

/** What is told to the process that started this one. */
export type SandboxMessage =
  | {
      readonly type: 'ready';
      readonly environment: Readonly<Record<string, string>>;
      /** Why it runs programs of Node only; undefined: it runs all. */
      readonly limitedBecause: string | undefined;
    }
  | { readonly type: 'failed'; readonly message: string; readonly isRefused: boolean };

/** What is told to whoever only asks. */
export type SandboxForecast =
  | { readonly type: 'possible'; readonly limitedBecause: string | undefined }
  | Extract<SandboxMessage, { type: 'failed' }>;

enableCompileCache(); // before what is large is loaded

const { values } = parseArgs({ options: { folder: { type: 'string' }, check: { type: 'boolean', default: false } } });
if (values.folder === undefined && !values.check) {
  process.stderr.write('usage: devloop-sandbox --folder FOLDER | --check\n');
  process.exit(2);
}

const over = new AbortController();
const end = (reason: Error) => over.abort(reason);
if (!values.check) process.stdin.on('end', () => end(new Error('nobody holds it open any more'))).resume();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(new Error(signal)));
process.on('SIGHUP', () => undefined); // a terminal that closes takes its processes with it; the holder decides

try {
  const problem = await isolationProblem(process.env, over.signal);
  if (!isSupported(process.platform)) {
    tell({ type: 'failed', message: `it does not run on ${process.platform}`, isRefused: true });
  } else if (values.folder === undefined) {
    tell({ type: 'possible', limitedBecause: problem });
  } else {
    await keep(await realFolder(values.folder), problem);
  }
} catch (error) {
  if (!over.signal.aborted) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error), isRefused: false });
    process.exitCode = 1;
  }
}
process.stdin.destroy();

/** Without links, such as macOS has on the way to temporary files: permissions are given by the names that files really have. */
async function realFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return await realpath(folder);
}

async function keep(folder: string, limitedBecause: string | undefined): Promise<void> {
  const { Sandbox } = await import('./sandbox.ts');
  const isolation = limitedBecause === undefined ? 'namespaces' : 'permissions';
  await using sandbox = await Sandbox.open({ folder, isolation, signal: over.signal, onEnd: end });
  tell({ type: 'ready', environment: { ...sandbox.environment }, limitedBecause });
  await new Promise<void>((resolve) => {
    if (over.signal.aborted) resolve();
    over.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function tell(message: SandboxMessage | SandboxForecast): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
