import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { DevloopError, ErrorReport, fromReport } from '@devloop/shared/errors/devloop-error';
import type { RuntimePaths } from '@devloop/shared/runtime-paths';
import { makePrivateFolder } from './private-folder.ts';

/** Reading a large project for the first time is part of it. */
const READY_TIMEOUT_MS = 120_000;
/** A log that has grown beyond this is begun anew. */
const LOG_LIMIT_BYTES = 10_000_000;
const EVIDENCE_LINES = 15;

export interface DaemonProcessOptions {
  /** The daemon's entry. */
  readonly main: string;
  readonly folder: string;
  /** False: it only answers. */
  readonly works: boolean;
  /** On a cluster of its own. */
  readonly sandbox: boolean;
  readonly paths: RuntimePaths;
  /** Environment that it is started in, as the starting process has it. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** A daemon idles for hours: memory matters more to it than the last few per cent of speed. At half of this, it starts slower for 2 MB. */
const FRUGAL_FLAGS = ['--max-semi-space-size=2'];
/** The same for glibc's allocator, which otherwise keeps an arena a thread; the daemon does not hand these on. */
const FRUGAL_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };

/**
 * Starts a daemon that outlives this process and resolves when one is ready: this one, or another that was faster.
 *
 * @returns the process that was started
 * @throws DevloopError what the daemon reports, or `daemon/start-failed` with the end of its log
 */
export async function startDaemonProcess(options: DaemonProcessOptions): Promise<number | undefined> {
  const { main, folder, works, sandbox, paths, env, signal } = options;
  await makePrivateFolder(paths.folder);
  await using log = await openLog(paths.log);
  const { size: begin } = await log.stat();
  const args = [
    ...FRUGAL_FLAGS,
    main,
    '--folder',
    folder,
    ...(works ? [] : ['--no-work']),
    ...(sandbox ? ['--sandbox'] : []),
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...FRUGAL_ENVIRONMENT, ...daemonEnvironment(env, process.cwd()) },
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  try {
    await ready(child, signal);
    return child.pid;
  } catch (error) {
    if (!(error instanceof EndedEarly)) throw error;
    throw new DevloopError(
      'daemon/start-failed',
      `The daemon did not start: ${error.message}.`,
      `Its log is ${paths.log}. devloop doctor looks at what it needs.`,
      { evidence: await lastLines(log, begin) },
    );
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** The environment for a process with another working folder: a relative KUBECONFIG still names the same files. */
export function daemonEnvironment(env: NodeJS.ProcessEnv, cwd: string): NodeJS.ProcessEnv {
  const kubeconfig = env['KUBECONFIG'];
  if (!kubeconfig) return { ...env };
  const files = kubeconfig.split(path.delimiter).map((file) => (file === '' ? '' : path.resolve(cwd, file)));
  return { ...env, KUBECONFIG: files.join(path.delimiter) };
}

class EndedEarly extends Error {}

/** Resolves with the daemon's word that it, or another, is ready. */
async function ready(child: ChildProcess, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const limit = AbortSignal.timeout(READY_TIMEOUT_MS);
  const either = AbortSignal.any([signal, limit, over.signal]);
  const message = once(child, 'message', { signal: either }).then(([value]) => value as unknown);
  const exit = once(child, 'exit', { signal: either }).then(([code, killedBy]) => {
    throw new EndedEarly(killedBy === null ? `it ended with exit code ${code}` : `${killedBy} ended it`);
  });
  try {
    const said = await Promise.race([message, exit]);
    const report = ErrorReport.safeParse((said as { report?: unknown }).report);
    if (report.success) throw fromReport(report.data);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw new EndedEarly(`it is not ready after ${READY_TIMEOUT_MS / 1000} s`);
    if (error instanceof Error && 'syscall' in error) throw new EndedEarly(error.message);
    throw error;
  } finally {
    over.abort();
    await Promise.allSettled([message, exit]);
  }
}

async function openLog(file: string): Promise<FileHandle> {
  const log = await open(file, 'a+', 0o600);
  if ((await log.stat()).size > LOG_LIMIT_BYTES) await log.truncate();
  return log;
}

async function lastLines(log: FileHandle, begin: number): Promise<string[]> {
  const { size } = await log.stat();
  const { buffer, bytesRead } = await log.read(Buffer.alloc(Math.min(size - begin, 100_000)), { position: begin });
  return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-EVIDENCE_LINES).filter(Boolean);
}
