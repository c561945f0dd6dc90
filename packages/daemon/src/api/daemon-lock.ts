import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { DevloopError } from '@devloop/shared/errors/devloop-error';
import { isRunning } from '@devloop/shared/running-process';
import type { RuntimePaths } from '@devloop/shared/runtime-paths';

/** How long a daemon that lives may take to accept a connection on its socket. */
const PROBE_MS = 2000;

/**
 * Makes the calling process the only daemon of a project folder.
 *
 * A lock that is left over is reclaimed on two proofs only: the process it names is gone, and nothing answers on the
 * socket.
 *
 * @returns a function that gives the lock back, or undefined when another daemon lives
 * @throws DevloopError `daemon/start-failed` when the runtime folder is not private to this user
 */
export async function takeLock(paths: RuntimePaths, folder: string): Promise<(() => void) | undefined> {
  makePrivateFolder(paths.folder);
  for (;;) {
    if (tryLink(paths, paths.lock)) break;
    const left = identityOf(paths.lock);
    if (left === undefined) continue; // given back in this very moment
    const pid = holderOf(paths.lock);
    const lives = (pid !== undefined && isRunning(pid) && isDaemonOf(pid, folder)) || (await answers(paths.socket));
    if (lives) return undefined;
    if (reclaim(paths, left)) break;
  }
  rmSync(paths.socket, { force: true }); // left by a daemon that was killed
  return () => {
    rmSync(paths.socket, { force: true });
    rmSync(paths.lock, { force: true });
  };
}

/**
 * Puts an own lock in the place of the one that was left over. Several processes may have found the same one: the
 * right to replace it is a file of its own, named after that very lock, so that none removes what another has just
 * taken.
 */
function reclaim(paths: RuntimePaths, left: string): boolean {
  const right = `${paths.lock}.after-${left}`;
  if (!tryLink(paths, right)) {
    const pid = holderOf(right);
    if (pid !== undefined && !isRunning(pid)) rmSync(right, { force: true }); // killed in the middle of this
    return false;
  }
  try {
    if (identityOf(paths.lock) !== left) return false;
    writeFileSync(`${right}.new`, String(process.pid), { mode: 0o600 });
    renameSync(`${right}.new`, paths.lock);
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

/** Tells one lock from another of the same name. */
function identityOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.ino}-${stats.mtimeNs}`;
}

/** The file appears with its content in one step: one that is written first and linked to its name. */
function tryLink(paths: RuntimePaths, name: string): boolean {
  const own = `${paths.lock}.${process.pid}`;
  writeFileSync(own, String(process.pid), { mode: 0o600 });
  try {
    linkSync(own, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function holderOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // given back in this very moment
  }
}

/** Whether a process looks like this folder's daemon, where the system tells: its number may have gone to another. */
function isDaemonOf(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder);
  } catch {
    return true; // no /proc: the number is all there is to go by
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if ((process.getuid === undefined || uid === process.getuid()) && (mode & 0o077) === 0) return;
  throw new DevloopError(
    'daemon/start-failed',
    `The folder ${folder} is not private to this user, so the daemon's socket would be open to others.`,
    `Remove it: rm -r ${folder}`,
  );
}
